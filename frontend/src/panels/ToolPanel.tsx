import { Alert, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import type { SightAnswer } from '../api/types';
import type { MeasureResult } from '../model/state';
import { useApp, useAppContext, useLang } from './app';
import { Dock } from './Dock';
import { coordinates, distance, height, surface } from './format';

function Rows({ rows }: { rows: [string, string][] }) {
  return (
    <dl className="facts-table" style={{ marginTop: 8 }}>
      {rows.map(([label, value]) => (
        <div key={label} style={{ display: 'contents' }}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Measured({ measure }: { measure: MeasureResult }) {
  const { t } = useTranslation();
  const lang = useLang();
  switch (measure.kind) {
    case 'distance':
      return (
        <>
          <div className="figure">{distance(measure.slope_m, lang)}</div>
          <Rows
            rows={[
              [t('measure.horizontal'), distance(measure.horizontal_m, lang)],
              [t('measure.height'), height(measure.climb_m, lang)],
            ]}
          />
        </>
      );
    case 'area':
      return (
        <>
          <div className="figure">{surface(measure.area_m2, lang)}</div>
          <Rows rows={[[t('measure.perimeter'), distance(measure.perimeter_m, lang)]]} />
        </>
      );
    case 'height':
      return (
        <>
          <div className="figure">{height(measure.rise_m, lang)}</div>
          <Rows
            rows={[
              [t('measure.horizontal'), distance(measure.horizontal_m, lang)],
              [t('measure.slope'), distance(measure.slope_m, lang)],
            ]}
          />
        </>
      );
  }
}

function Seen({ sight }: { sight: SightAnswer }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { blocker } = sight;
  const rows: [string, string][] = [[t('sight.distance'), distance(sight.distance_m, lang)]];
  if (blocker) {
    const what = t(`sight.${blocker.kind}`);
    rows.push([t('sight.blockedBy'), blocker.building?.name ? `${what} · ${blocker.building.name}` : what]);
    rows.push(['', t('sight.blockedAt', { m: distance(blocker.distance_m, lang) })]);
  }
  rows.push([t('sight.from'), coordinates(sight.from.lon, sight.from.lat)]);
  rows.push([t('sight.to'), coordinates(sight.to.lon, sight.to.lat)]);
  return (
    <>
      <div className={`figure ${sight.visible ? 'good' : 'bad'}`}>
        {sight.visible ? t('sight.clear') : t('sight.blocked')}
      </div>
      <Rows rows={rows} />
    </>
  );
}

/** What the tool in hand found. */
export function ToolPanel() {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const tool = useApp((state) => state.tool);
  const measure = useApp((state) => state.measure);
  const sight = useApp((state) => state.sight);
  const fault = useApp((state) => state.toolFault);
  if (tool === 'select') return null;
  return (
    <Dock
      side="right"
      title={t(`tool.${tool}`)}
      closeLabel={t('link.close_panel')}
      onClose={() => store.getState().setTool('select')}
    >
      <div className="scroll" id="tool-panel" data-tool={tool}>
        {fault && <Alert type="warning" showIcon title={fault} style={{ marginBottom: 8 }} />}
        {measure && <Measured measure={measure} />}
        {sight && <Seen sight={sight} />}
        {!measure && !sight && <div>{t('measure.start')}</div>}
        <p className="soft">{t(`tool.${tool}Help`)}</p>
        {(measure || sight) && (
          <Button size="small" onClick={() => store.getState().setTool(tool)}>
            {t('tool.clear')}
          </Button>
        )}
      </div>
    </Dock>
  );
}
