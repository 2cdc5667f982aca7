import { Button, Select, Tag } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { UnitFeature } from '../../api/situation';
import type { Incident } from '../../model/incidents';
import { useAppContext, useLang } from '../app';
import { titleOf } from '../cameraTree';
import { distance } from '../format';
import { metresBetween } from '../nearby';
import { useUnits } from './incidentQueries';
import type { Moves } from './moves';

/** Those that take calls of the incident's line first, then the nearest. */
export function unitsFor(incident: Pick<Incident, 'lon' | 'lat' | 'source'>, units: readonly UnitFeature[]) {
  return units
    .map((unit) => {
      const [lon = 0, lat = 0] = unit.geometry.coordinates;
      return {
        unit,
        metres: metresBetween(incident, { lon, lat }),
        fits: unit.properties.sources.includes(incident.source),
      };
    })
    .toSorted((a, b) => Number(b.fits) - Number(a.fits) || a.metres - b.metres);
}

/** Which unit goes; the best one is chosen already, so that Enter sends it. */
export function DispatchForm({ incident, moves }: { incident: Incident; moves: Moves }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const { data: units, isPending } = useUnits();
  const ranked = useMemo(() => unitsFor(incident, units ?? []), [incident, units]);
  const [picked, setPicked] = useState<string>();
  const [open, setOpen] = useState(false);
  const unit = picked ?? ranked[0]?.unit.id;
  /** A refusal brings the form back. */
  const send = async () => {
    const sent = await moves.move(incident, 'dispatch', unit === undefined ? {} : { unit });
    const { incident: shown, incidentAsk, askIncident } = store.getState();
    if (!sent && shown === incident.id && incidentAsk === null) askIncident('dispatch');
  };
  return (
    <div className="asked" id="dispatch">
      <span className="soft">{t('incident.whichUnit')}</span>
      <div className="row">
        <Select<string>
          className="grow"
          autoFocus
          showSearch={{ optionFilterProp: 'search' }}
          open={open}
          onOpenChange={setOpen}
          loading={isPending}
          value={unit ?? null}
          aria-label={t('incident.whichUnit')}
          notFoundContent={t('incident.noUnits')}
          onChange={setPicked}
          onInputKeyDown={(event) => {
            if (event.key === 'Escape' && !open) store.getState().askIncident(null);
            if (event.key !== 'Enter' || open) return;
            event.preventDefault();
            event.stopPropagation();
            void send();
          }}
          options={ranked.map(({ unit: one, metres, fits }) => ({
            value: one.id,
            search: `${one.properties.name} ${one.properties.name_en}`,
            label: (
              <span className="option">
                <span className="grow">{titleOf(one.properties, lang)}</span>
                {fits && <Tag>{t(`incident.source.${incident.source}`)}</Tag>}
                <span className="soft">{distance(metres, lang)}</span>
              </span>
            ),
          }))}
        />
        <Button type="primary" id="dispatch-send" onClick={() => void send()}>
          {t('incident.moves.dispatch')}
        </Button>
        <Button onClick={() => store.getState().askIncident(null)}>{t('edit.cancel')}</Button>
      </div>
      <span className="soft">{t('incident.dispatchHelp')}</span>
    </div>
  );
}
