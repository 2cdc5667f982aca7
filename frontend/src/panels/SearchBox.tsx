import { SearchOutlined } from '@ant-design/icons';
import { Input, type InputRef, Spin } from 'antd';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SearchHit, SearchKind } from '../api/types';
import { useApp, useAppContext } from './app';
import { useSearch } from './queries';
import { Trouble } from './Trouble';
import { useGoToVehicle } from './vehicles/vehicleQueries';

/** How near the eye goes to what was found, metres. */
const RANGE: Record<SearchKind, number> = {
  camera: 500,
  building: 600,
  junction: 500,
  incident: 600,
  checkpoint: 500,
  unit: 600,
  vehicle: 500,
  zone: 1500,
  coordinate: 800,
  road: 1500,
  place: 2000,
  area: 3000,
};

function useDebounced(value: string, wait_ms: number): string {
  const [late, setLate] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setLate(value), wait_ms);
    return () => clearTimeout(timer);
  }, [value, wait_ms]);
  return late;
}

function grouped(hits: readonly SearchHit[]): { kind: SearchKind; hits: { hit: SearchHit; index: number }[] }[] {
  const groups: { kind: SearchKind; hits: { hit: SearchHit; index: number }[] }[] = [];
  hits.forEach((hit, index) => {
    const group = groups.find((candidate) => candidate.kind === hit.kind);
    if (group) group.hits.push({ hit, index });
    else groups.push({ kind: hit.kind, hits: [{ hit, index }] });
  });
  return groups;
}

/** One box for everything that has a place; "/" goes to it, arrows and Enter choose, Esc leaves. */
export function SearchBox() {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const go = useGoToVehicle();
  const nonce = useApp((state) => state.lang);
  const [text, setText] = useState('');
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const input = useRef<InputRef>(null);
  const q = useDebounced(text, 120);
  const { data, error, isFetching, refetch } = useSearch(q);
  const groups = grouped(data?.results ?? []);
  const ordered = groups.flatMap((group) => group.hits);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new query or language starts the list anew
  useEffect(() => setActive(0), [q, nonce]);

  useEffect(() => {
    const outside = (event: MouseEvent) => {
      if (!box.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener('mousedown', outside);
    return () => document.removeEventListener('mousedown', outside);
  }, []);

  const choose = (hit: SearchHit | undefined) => {
    if (!hit) return;
    if (hit.kind === 'vehicle') {
      void go(hit.id);
      setOpen(false);
      input.current?.blur();
      return;
    }
    const place = { lon: hit.lon, lat: hit.lat, ...(hit.height !== null && { height: hit.height }) };
    const state = store.getState();
    state.goTo({ ...place, range: RANGE[hit.kind] });
    if (hit.kind === 'camera') state.select({ kind: 'camera', id: hit.id });
    else if (hit.kind === 'area') state.setFilters({ area: hit.id });
    else if (hit.kind === 'incident') state.openIncident(hit.id);
    else if (hit.kind === 'checkpoint') state.openCheckpoint(hit.id);
    else if (hit.kind === 'zone') {
      state.setDesk({ kind: 'zones' });
      state.setZone(hit.id);
    } else {
      state.select(hit.kind === 'building' ? { kind: 'building', id: hit.id } : null);
      state.setClick({ lon: hit.lon, lat: hit.lat, source: 'search' });
    }
    setOpen(false);
    input.current?.blur();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    // Keys of an input method are its own.
    if (event.nativeEvent.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && ordered.length > 0) {
      event.preventDefault();
      setActive((active + step + ordered.length) % ordered.length);
    } else if (event.key === 'Enter') {
      choose(ordered[active]?.hit);
    } else if (event.key === 'Escape') {
      event.stopPropagation();
      if (open) setOpen(false);
      else input.current?.blur();
    }
  };

  const asked = q.trim().length > 0;
  return (
    <div className="searchbox" ref={box}>
      <Input
        ref={input}
        id="search"
        allowClear
        size="large"
        prefix={isFetching ? <Spin size="small" /> : <SearchOutlined />}
        placeholder={t('search.placeholder')}
        aria-label={t('search.placeholder')}
        title={t('search.placeholder')}
        value={text}
        onFocus={() => setOpen(true)}
        onChange={(event) => {
          setText(event.target.value);
          setOpen(true);
        }}
        onKeyDown={onKeyDown}
      />
      {open && asked && (
        <div className="drop">
          {error ? (
            <Trouble error={error} retry={() => refetch()} />
          ) : ordered.length === 0 ? (
            <div className="empty">
              {isFetching || q !== text ? (
                <span className="soft">{t('search.searching')}</span>
              ) : (
                <>
                  {t('search.none', { q })}
                  <br />
                  <span className="soft">{t('search.noneHelp')}</span>
                </>
              )}
            </div>
          ) : (
            <div className="results" role="listbox" aria-label={t('search.placeholder')}>
              {groups.map((group) => (
                <div key={group.kind}>
                  <div className="group">
                    {t(`search.kind.${group.kind}`, { defaultValue: t(`kind.${group.kind}`) })}
                  </div>
                  {group.hits.map(({ hit }) => {
                    const place = ordered.findIndex((entry) => entry.hit === hit);
                    return (
                      <button
                        type="button"
                        key={`${hit.kind}:${hit.id}`}
                        role="option"
                        aria-selected={place === active}
                        className={place === active ? 'active' : ''}
                        onMouseEnter={() => setActive(place)}
                        onClick={() => choose(hit)}
                      >
                        <span className="what" title={hit.name}>
                          {hit.name}
                        </span>
                        <span className="detail" title={hit.detail}>
                          {hit.detail}
                        </span>
                      </button>
                    );
                  })}
                </div>
              ))}
            </div>
          )}
        </div>
      )}
    </div>
  );
}
