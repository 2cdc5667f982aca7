import { DownloadOutlined } from '@ant-design/icons';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Button, DatePicker, Empty, Segmented, Select, Skeleton, Statistic, Switch } from 'antd';
import type { FeatureCollection, Polygon } from 'geojson';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Category, IncidentQuery, IncidentStatistics } from '../../api/situation';
import type { AreaLevel } from '../../api/types';
import { CATEGORIES } from '../../model/incidents';
import { useApp, useAppContext, useLang } from '../app';
import { titleOf } from '../cameraTree';
import { count } from '../format';
import { useAllowed } from '../may';
import { Trouble } from '../Trouble';
import { Chart, type ChartOption } from './Chart';

const LEVELS: readonly AreaLevel[] = ['district', 'street', 'community'];
const SPANS = { day: 1, week: 7, month: 30, year: 365 } as const;
type Span = keyof typeof SPANS | 'all' | 'own';
const MOST_BARS = 20;
const HEAT_RESOLUTIONS = [7, 8, 9] as const;
const BLUE = '#4aa8ff';
const INK = '#93a7bd';
const DAY_MS = 86_400_000;

function bars(names: readonly string[], values: readonly number[], upright: boolean): ChartOption {
  const words = { type: 'category' as const, data: [...names], axisTick: { show: false }, axisLabel: { color: INK } };
  const numbers = {
    type: 'value' as const,
    minInterval: 1,
    axisLabel: { color: INK },
    splitLine: { lineStyle: { color: 'rgba(120,160,205,0.14)' } },
  };
  return {
    grid: { left: 4, right: 30, top: 10, bottom: 4, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    xAxis: upright ? words : numbers,
    yAxis: upright ? numbers : { ...words, inverse: true },
    series: [
      {
        type: 'bar',
        data: [...values],
        itemStyle: { color: BLUE },
        barMaxWidth: 18,
        label: { show: !upright, position: 'right', color: '#dbe6f2' },
      },
    ],
  };
}

/** Hexagons of how many there were, for as long as the panel stands open. */
function useHeat(query: IncidentQuery, resolution: number, wanted: boolean) {
  const { api, store } = useAppContext();
  const heat = useQuery({
    queryKey: ['incidents', 'heat', query, resolution],
    enabled: wanted,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => api.incidentHeat(query, resolution, signal),
  });
  const data = wanted ? heat.data : undefined;
  useEffect(() => {
    const collection = data as unknown as FeatureCollection<Polygon> | undefined;
    store.getState().setHeat(collection && { collection, property: 'count' });
    return () => store.getState().setHeat(undefined);
  }, [data, store]);
  return heat;
}

function Charts({ data, level }: { data: IncidentStatistics; level: AreaLevel }) {
  const { t } = useTranslation();
  const lang = useLang();
  const areas = useApp((state) => state.areas);
  const shown = useMemo(() => {
    const name = (code: string, told: string) => {
      const area = areas.find((one) => one.code === code);
      return area ? titleOf(area, lang) : told || t('incident.outside');
    };
    const places = data.areas.toSorted((a, b) => b.count - a.count).slice(0, MOST_BARS);
    const kinds = data.categories.filter((one) => one.count > 0).toSorted((a, b) => b.count - a.count);
    return {
      hours: bars(
        data.hours.map((_, hour) => String(hour)),
        data.hours,
        true,
      ),
      kinds: bars(
        kinds.map(({ category }) => t(`incident.categories.${category}`)),
        kinds.map((one) => one.count),
        false,
      ),
      kindCount: kinds.length,
      places: bars(
        places.map((one) => name(one.area, one.name)),
        places.map((one) => one.count),
        false,
      ),
      placeCount: places.length,
    };
  }, [data, areas, lang, t]);
  const tall = (rows: number) => 30 + 22 * rows;
  return (
    <>
      <h3>{t('figures.byHour', { zone: data.time_zone })}</h3>
      <Chart id="chart-hours" label={t('figures.byHour', { zone: data.time_zone })} height={170} option={shown.hours} />
      <div className="two">
        <div>
          <h3>{t('figures.byCategory')}</h3>
          <Chart
            id="chart-categories"
            label={t('figures.byCategory')}
            height={tall(shown.kindCount)}
            option={shown.kinds}
          />
        </div>
        <div>
          <h3>{t('figures.byArea', { level: t(`incident.levels.${level}`) })}</h3>
          <Chart
            id="chart-areas"
            label={t('figures.byArea', { level: t(`incident.levels.${level}`) })}
            height={tall(shown.placeCount)}
            option={shown.places}
          />
        </div>
      </div>
    </>
  );
}

/** How many incidents there were: by area, kind and hour, and where they lie thick. */
export function Figures() {
  const { t } = useTranslation();
  const lang = useLang();
  const { api } = useAppContext();
  const [span, setSpan] = useState<Span>('week');
  const [own, setOwn] = useState<[number, number]>();
  const [level, setLevel] = useState<AreaLevel>('district');
  const [categories, setCategories] = useState<Category[]>([]);
  const [heatOn, setHeatOn] = useState(false);
  const [resolution, setResolution] = useState<(typeof HEAT_RESOLUTIONS)[number]>(8);
  const exports = useAllowed('export', 'incident');
  const query = useMemo((): IncidentQuery => {
    const since = span === 'own' ? own?.[0] : span === 'all' ? undefined : Date.now() - SPANS[span] * DAY_MS;
    const until = span === 'own' ? own?.[1] : undefined;
    const iso = (at: number | undefined) => (at === undefined ? undefined : new Date(at).toISOString());
    return { category: categories, since: iso(since), until: iso(until) };
  }, [span, own, categories]);
  const figures = useQuery({
    queryKey: ['incidents', 'statistics', query, level],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => api.incidentStatistics(query, level, signal),
  });
  const heat = useHeat(query, resolution, heatOn);
  const { data } = figures;
  return (
    <div className="scroll incident-figures" id="figures" aria-busy={figures.isFetching}>
      <div className="row wrap">
        <Segmented<Span>
          size="small"
          value={span}
          onChange={setSpan}
          options={(['day', 'week', 'month', 'year', 'all', 'own'] as const).map((value) => ({
            value,
            label: t(`figures.spans.${value}`),
          }))}
        />
        {span === 'own' && (
          <DatePicker.RangePicker
            size="small"
            showTime
            onChange={(ends) => {
              const [from, to] = [ends?.[0]?.valueOf(), ends?.[1]?.valueOf()];
              setOwn(from !== undefined && to !== undefined ? [from, to] : undefined);
            }}
          />
        )}
        <Select
          size="small"
          mode="multiple"
          maxTagCount="responsive"
          allowClear
          style={{ width: 180 }}
          value={categories}
          onChange={setCategories}
          placeholder={t('incident.everyCategory')}
          aria-label={t('incident.category')}
          options={CATEGORIES.map((value) => ({ value, label: t(`incident.categories.${value}`) }))}
        />
        <Select<AreaLevel>
          size="small"
          style={{ width: 110 }}
          value={level}
          onChange={setLevel}
          aria-label={t('figures.level')}
          options={LEVELS.map((value) => ({ value, label: t(`incident.levels.${value}`) }))}
        />
      </div>
      <div className="row wrap">
        <Switch size="small" id="heat" checked={heatOn} onChange={setHeatOn} aria-label={t('figures.heat')} />
        <span>{t('figures.heat')}</span>
        {heatOn && (
          <Segmented
            size="small"
            value={resolution}
            onChange={setResolution}
            options={HEAT_RESOLUTIONS.map((value) => ({ value, label: t(`figures.hexagon.${value}`) }))}
          />
        )}
        {heatOn && heat.data && (
          <span className="soft">
            {t('figures.most', { count: heat.data.most })}
            {heat.data.left_out > 0 && ` · ${t('figures.leftOut', { count: heat.data.left_out })}`}
          </span>
        )}
        <span className="grow" />
        {(['csv', 'geojson'] as const).map((form) => (
          <Button
            key={form}
            size="small"
            icon={<DownloadOutlined />}
            href={api.incidentExportUrl(query, form)}
            download
            {...exports}
          >
            {form === 'csv' ? 'CSV' : 'GeoJSON'}
          </Button>
        ))}
      </div>
      {figures.error && <Trouble error={figures.error} retry={() => figures.refetch()} />}
      {heat.error && heatOn && <Trouble error={heat.error} retry={() => heat.refetch()} />}
      {!data && !figures.error && <Skeleton active />}
      {data && (
        <>
          <div className="sums">
            <Statistic title={t('figures.total')} value={count(data.total, lang)} />
            <Statistic title={t('figures.open')} value={count(data.open, lang)} />
            <Statistic title={t('figures.overdue')} value={count(data.overdue, lang)} />
          </div>
          {data.total === 0 ? (
            <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('figures.none')} />
          ) : (
            <Charts data={data} level={level} />
          )}
        </>
      )}
    </div>
  );
}
