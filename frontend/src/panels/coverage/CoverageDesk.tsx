import { DownloadOutlined } from '@ant-design/icons';
import { Alert, Button, Select, Skeleton, Tabs } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type {
  AreaCoverage,
  BlindSpot,
  CityCoverageAnswer,
  CoverageFigures,
  RoadCoverage,
} from '../../api/cityCoverage';
import type { AreaLevel } from '../../api/types';
import { useApp, useAppContext, useLang } from '../app';
import { titleOf } from '../cameraTree';
import { type Column, DataTable } from '../desk/DataTable';
import { count, distance, type Lang, surface } from '../format';
import { Trouble } from '../Trouble';
import { Working } from './CoverageLegend';
import { CoverageTerms } from './CoveragePicker';
import { HEXAGON_RES, STATISTICS, useAreas, useBlindSpots, useCityCoverage, useRoads, useTerms } from './data';
import { hectares, percent } from './words';

const ZONES = ['built', 'road', 'ground'] as const;
const LEVELS: readonly AreaLevel[] = ['district', 'street', 'community'];
/** Pixels of the window around the tables of the desk. */
const AROUND = 400;

function Share({ value }: { value: number | null }) {
  const lang = useLang();
  return (
    <span className="share">
      <i style={{ width: `${100 * (value ?? 0)}%` }} />
      <span>{percent(value, lang)}</span>
    </span>
  );
}

/** Ground by the best class that any camera reaches there. */
function ByClass({ figures, answer }: { figures: CoverageFigures; answer: CityCoverageAnswer }) {
  const { t } = useTranslation();
  const lang = useLang();
  const rows = Object.entries(figures.classes_m2);
  const colours = new Map(answer.legend.class?.map((swatch) => [swatch.class, swatch.colour]));
  const colour = (id: string) => colours.get(id) ?? '#868e96';
  return (
    <>
      <div className="sectionhead">{t('cover.byClass')}</div>
      <div className="stack" aria-hidden>
        {rows.map(([id, area]) => (
          <i key={id} style={{ flexGrow: area, background: colour(id) }} />
        ))}
        <i style={{ flexGrow: figures.blind_m2, background: 'rgba(255,255,255,0.08)' }} />
      </div>
      <table className="classes">
        <tbody>
          {rows.map(([id, area]) => (
            <tr key={id}>
              <td>
                <i className="swatch" style={{ background: colour(id) }} />
                {t(`class.${id}`)}
              </td>
              <td>{hectares(area, lang)}</td>
              <td>{percent(figures.area_m2 > 0 ? area / figures.area_m2 : null, lang)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function Figures({ answer }: { answer: CityCoverageAnswer }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { figures, cameras } = answer;
  if (!figures || !cameras) return <p className="soft">{t('cover.nothingYet')}</p>;
  const rows: [string, (of: CoverageFigures) => React.ReactNode][] = [
    [t('cover.covered'), (of) => <Share value={of.covered_share} />],
    [t('cover.area'), (of) => hectares(of.area_m2, lang)],
    [t('cover.blind'), (of) => hectares(of.blind_m2, lang)],
    [t('cover.single'), (of) => hectares(of.single_m2, lang)],
    [t('cover.mean'), (of) => of.mean_cameras?.toLocaleString(lang, { maximumFractionDigits: 1 }) ?? '–'],
    ...(['1', '2', '3'] as const).map((tier): [string, (of: CoverageFigures) => React.ReactNode] => [
      t(`tier.${tier}`),
      (of) => percent(of.area_m2 > 0 ? (of.tiers_m2[tier] ?? 0) / of.area_m2 : null, lang),
    ]),
  ];
  return (
    <>
      <table className="classes" id="coverage-figures">
        <thead>
          <tr>
            <th> </th>
            {ZONES.map((zone) => (
              <th key={zone}>{t(`cover.zone.${zone}`)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([label, value]) => (
            <tr key={label}>
              <td>{label}</td>
              {ZONES.map((zone) => (
                <td key={zone}>{value(figures[zone] as CoverageFigures)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <ByClass figures={figures.built as CoverageFigures} answer={answer} />
      <div className="sectionhead">{t('cover.cameras')}</div>
      <dl className="facts-table">
        <dt>{t('cover.included')}</dt>
        <dd data-figure="included">{count(cameras.included, lang)}</dd>
        {cameras.faulty > 0 && (
          <>
            <dt>{t('cover.faulty')}</dt>
            <dd>{count(cameras.faulty, lang)}</dd>
          </>
        )}
        {cameras.left_out.map(({ reason, text, count: n }) => (
          <div key={reason} style={{ display: 'contents' }}>
            <dt>{text}</dt>
            <dd>{count(n, lang)}</dd>
          </div>
        ))}
        <dt>{t('cover.cell')}</dt>
        <dd>{answer.cell_m === null ? '–' : `${answer.cell_m} m`}</dd>
        <dt>{t('status.version')}</dt>
        <dd>{answer.city_version?.slice(0, 8)}</dd>
      </dl>
    </>
  );
}

const figureColumns = (t: (key: string) => string, lang: Lang): Column<CoverageFigures>[] => [
  {
    key: 'share',
    title: t('cover.covered'),
    width: 110,
    value: (row) => row.covered_share,
    show: (row) => <Share value={row.covered_share} />,
  },
  {
    key: 'blind',
    title: t('cover.blind'),
    width: 96,
    value: (row) => row.blind_m2,
    show: (row) => hectares(row.blind_m2, lang),
  },
  {
    key: 'single',
    title: t('cover.single'),
    width: 96,
    value: (row) => row.single_m2,
    show: (row) => hectares(row.single_m2, lang),
  },
  {
    key: 'area',
    title: t('cover.area'),
    width: 96,
    value: (row) => row.area_m2,
    show: (row) => hectares(row.area_m2, lang),
  },
  {
    key: 'mean',
    title: t('cover.mean'),
    width: 80,
    value: (row) => row.mean_cameras,
    show: (row) => row.mean_cameras?.toFixed(1) ?? '–',
  },
];

function Areas() {
  const { t } = useTranslation();
  const lang = useLang();
  const { api, store } = useAppContext();
  const [level, setLevel] = useState<AreaLevel>('community');
  const [zone, setZone] = useState<(typeof ZONES)[number]>('built');
  const chosen = useApp((state) => state.filters.area);
  const { data, error, isFetching, refetch } = useAreas(level);
  if (error) return <Trouble error={error} retry={() => refetch()} />;
  const columns: Column<AreaCoverage>[] = [
    { key: 'name', title: t('camera.area'), value: (row) => titleOf(row, lang) },
    { key: 'code', title: t('cover.code'), value: ({ code }) => code, fileOnly: true },
    ...figureColumns(t, lang).map(
      ({ value, show, ...column }): Column<AreaCoverage> => ({
        ...column,
        value: (row) => value(row[zone]),
        ...(show && { show: (row: AreaCoverage) => show(row[zone]) }),
      }),
    ),
  ];
  /** Outlines the area (as the filter of the cameras does) and goes to its middle. */
  const go = async ({ code }: AreaCoverage) => {
    store.getState().setFilters({ area: code });
    const { geometry } = await api.area(code);
    const corners = geometry.coordinates.flat(geometry.type === 'Polygon' ? 1 : 2) as [number, number][];
    const mid = (axis: 0 | 1) => {
      const values = corners.map((corner) => corner[axis]);
      return [Math.min(...values), Math.max(...values)] as [number, number];
    };
    const [[west, east], [south, north]] = [mid(0), mid(1)];
    const range = Math.max(800, 1.6 * 111_320 * Math.max(north - south, 0.77 * (east - west)));
    store.getState().goTo({ lon: (west + east) / 2, lat: (south + north) / 2, range });
  };
  return (
    <DataTable
      id="coverage-areas"
      rows={data?.areas ?? []}
      loading={isFetching && !data}
      columns={columns}
      rowKey={({ code }) => code}
      chosen={chosen}
      onRow={(row) => void go(row).catch(() => undefined)}
      file={`coverage-${level}.csv`}
      around={AROUND}
      empty={t('cover.nothingYet')}
      extra={
        <>
          <Select<AreaLevel>
            size="small"
            style={{ minWidth: 104 }}
            value={level}
            onChange={setLevel}
            aria-label={t('cover.level')}
            options={LEVELS.map((value) => ({ value, label: t(`level.${value}`) }))}
          />
          <Select
            size="small"
            style={{ minWidth: 90 }}
            value={zone}
            onChange={setZone}
            aria-label={t('cover.zoneOf')}
            options={ZONES.map((value) => ({ value, label: t(`cover.zone.${value}`) }))}
          />
        </>
      }
    />
  );
}

function Roads() {
  const { t } = useTranslation();
  const lang = useLang();
  const { api, store } = useAppContext();
  const { data, error, isFetching, refetch } = useRoads();
  const [chosen, setChosen] = useState<string | null>(null);
  if (error) return <Trouble error={error} retry={() => refetch()} />;
  const length = (key: string, title: string, value: (row: RoadCoverage) => number): Column<RoadCoverage> => ({
    key,
    title,
    width: 96,
    value,
    show: (row) => distance(value(row), lang),
  });
  const columns: Column<RoadCoverage>[] = [
    { key: 'name', title: t('search.kind.road'), value: (row) => titleOf(row, lang) || t('cover.unnamedRoad') },
    {
      key: 'share',
      title: t('cover.covered'),
      width: 110,
      value: (row) => (row.length_m > 0 ? row.covered_m / row.length_m : null),
      show: (row) => <Share value={row.length_m > 0 ? row.covered_m / row.length_m : null} />,
    },
    length('blind', t('cover.blind'), ({ blind_m }) => blind_m),
    length('single', t('cover.single'), ({ single_m }) => single_m),
    length('length', t('cover.length'), ({ length_m }) => length_m),
    {
      key: 'mean',
      title: t('cover.mean'),
      width: 80,
      value: ({ mean_cameras }) => mean_cameras,
      show: ({ mean_cameras }) => mean_cameras?.toFixed(1) ?? '–',
    },
  ];
  /** A road's place is what the search knows of it. */
  const go = async (row: RoadCoverage) => {
    setChosen(row.id);
    const { results } = await api.search(row.name, 10);
    const hit =
      results.find(({ kind, id }) => kind === 'road' && id === row.id) ?? results.find(({ kind }) => kind === 'road');
    if (hit) store.getState().goTo({ lon: hit.lon, lat: hit.lat, range: Math.max(600, row.length_m) });
  };
  return (
    <DataTable
      id="coverage-roads"
      rows={data?.roads ?? []}
      loading={isFetching && !data}
      columns={columns}
      rowKey={({ id }) => id}
      chosen={chosen}
      onRow={(row) => void go(row).catch(() => undefined)}
      file="coverage-roads.csv"
      around={AROUND}
      empty={t('cover.nothingYet')}
    />
  );
}

function Blind() {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const area = useApp((state) => state.filters.area);
  const { data, error, isFetching, refetch } = useBlindSpots(area);
  const [chosen, setChosen] = useState<string | null>(null);
  if (error) return <Trouble error={error} retry={() => refetch()} />;
  const columns: Column<BlindSpot>[] = [
    {
      key: 'area_m2',
      title: t('camera.areaSize'),
      width: 110,
      value: ({ properties }) => properties.area_m2,
      show: ({ properties }) => surface(properties.area_m2, lang),
    },
    { key: 'area', title: t('camera.area'), value: ({ properties }) => properties.area_name },
    { key: 'road', title: t('cover.nearRoad'), value: ({ properties }) => properties.road_name },
    { key: 'lon', title: t('field.lon'), value: ({ properties }) => properties.lon, fileOnly: true },
    { key: 'lat', title: t('field.lat'), value: ({ properties }) => properties.lat, fileOnly: true },
  ];
  const go = ({ id, geometry, properties }: BlindSpot) => {
    setChosen(String(id));
    store.getState().setOutlined(geometry);
    const range = Math.max(400, 3 * Math.sqrt(properties.area_m2));
    store.getState().goTo({ lon: properties.lon, lat: properties.lat, range });
  };
  return (
    <>
      {data && (
        <p className="soft" style={{ marginTop: 0 }}>
          {t('cover.blindCount', {
            shown: count(data.features.length, lang),
            total: count(data.count, lang),
            area: surface(data.area_m2, lang),
          })}
        </p>
      )}
      <DataTable
        id="blind-spots"
        rows={data?.features ?? []}
        loading={isFetching && !data}
        columns={columns}
        rowKey={({ id }) => String(id)}
        chosen={chosen}
        onRow={go}
        file="blind-spots.csv"
        around={AROUND + 30}
        empty={t('cover.noBlind')}
      />
    </>
  );
}

function Downloads() {
  const { t } = useTranslation();
  const { api, store } = useAppContext();
  const terms = useTerms();
  const tier = useApp((state) => state.cityCoverage.tier);
  const hexagons = useApp((state) => state.cityCoverage.hexagons);
  const files: [string, string, string][] = [
    ['raster', api.rasterUrl(terms), 'GeoTIFF'],
    ['blindSpots', api.blindUrl(terms, tier), 'GeoJSON'],
    ['hexagons', api.hexagonsUrl(terms, HEXAGON_RES), 'GeoJSON'],
    ['hexagons', api.coverageTableUrl('h3', terms, { res: HEXAGON_RES }), 'CSV'],
    ['areas', api.coverageTableUrl('areas', terms), 'CSV'],
    ['roads', api.coverageTableUrl('roads', terms), 'CSV'],
    ['buildings', api.coverageTableUrl('buildings', terms), 'CSV'],
  ];
  const name = (key: string, form: string) => `${key}.${{ GeoTIFF: 'tif', GeoJSON: 'geojson' }[form] ?? 'csv'}`;
  return (
    <>
      <div className="row" style={{ marginBottom: 14 }}>
        <span>{t('cover.hexagonLayer')}</span>
        <Select
          size="small"
          style={{ minWidth: 200 }}
          id="hexagon-statistic"
          value={hexagons ?? ''}
          aria-label={t('cover.hexagonLayer')}
          onChange={(value) => store.getState().setCityCoverage({ hexagons: value === '' ? null : value })}
          options={[
            { value: '', label: t('cover.none') },
            ...STATISTICS.map((value) => ({ value, label: t(`cover.statistic.${value}`) })),
          ]}
        />
      </div>
      <div className="sectionhead">{t('cover.downloads')}</div>
      {files.map(([key, url, form]) => (
        <div className="row" key={key + form} style={{ padding: '4px 0' }}>
          <span className="grow">{t(`cover.file.${key}`)}</span>
          <Button size="small" icon={<DownloadOutlined />} href={url} download={name(key, form)}>
            {form}
          </Button>
        </div>
      ))}
    </>
  );
}

/** The coverage of the city in figures: by area, by road, its blind spots, and as files. */
export function CoverageDesk() {
  const { t } = useTranslation();
  const { data, error, refetch } = useCityCoverage();
  return (
    <div className="scroll" id="coverage-desk">
      <CoverageTerms />
      {error && <Trouble error={error} retry={() => refetch()} />}
      {!data && !error && <Skeleton active paragraph={{ rows: 8 }} />}
      {data && <Working answer={data} />}
      {data && data.version === null && <Alert type="info" showIcon title={t('cover.nothingYet')} />}
      {data && data.version !== null && (
        <Tabs
          size="small"
          items={[
            { key: 'figures', label: t('cover.tab.figures'), children: <Figures answer={data} /> },
            { key: 'areas', label: t('cover.tab.areas'), children: <Areas /> },
            { key: 'roads', label: t('cover.tab.roads'), children: <Roads /> },
            { key: 'blind', label: t('cover.tab.blind'), children: <Blind /> },
            { key: 'files', label: t('cover.tab.files'), children: <Downloads /> },
          ]}
        />
      )}
    </div>
  );
}
