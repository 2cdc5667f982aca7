import { Select } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp, useAppContext } from '../app';
import { useRoads } from './routeQueries';

const WAIT_MS = 150;

/** A road by its name. */
export function RoadPicker() {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const of = useApp((state) => state.routeWish.of);
  const [text, setText] = useState('');
  const [late, setLate] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setLate(text), WAIT_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const { data, error, isFetching } = useRoads(late);
  const found = late.trim() === '' ? [] : (data ?? []);
  const waiting = isFetching || late !== text;
  const nothing = error ? error.message : text.trim() === '' ? t('route.roadType') : t('route.roadNone', { q: text });
  const choose = (id: string) => {
    const road = found.find((one) => one.id === id);
    if (!road) return;
    store.getState().setRouteWish({ of: { kind: 'road', id, name: road.name } });
    store.getState().goTo({ lon: road.lon, lat: road.lat, range: 1500 });
  };
  return (
    <Select
      id="route-road"
      size="small"
      showSearch={{ filterOption: false, onSearch: setText }}
      value={of?.kind === 'road' ? { value: of.id, label: of.name } : null}
      labelInValue
      placeholder={t('route.roadWanted')}
      aria-label={t('route.road')}
      loading={waiting && text !== ''}
      notFoundContent={waiting && text !== '' ? t('search.searching') : nothing}
      options={found.map(({ id, name, detail }) => ({ value: id, label: name, detail }))}
      optionRender={({ data: { label, detail } }) => (
        <>
          {label} <span className="soft">{detail}</span>
        </>
      )}
      onChange={(chosen) => chosen && choose(chosen.value)}
    />
  );
}
