import {
  AimOutlined,
  AppstoreOutlined,
  AreaChartOutlined,
  ColumnHeightOutlined,
  EyeOutlined,
  LineOutlined,
  QuestionCircleOutlined,
  VideoCameraOutlined,
} from '@ant-design/icons';
import { Button, Checkbox, Popover, Segmented, Select, Tooltip } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { AreaLevel } from '../api/types';
import type { Layers, State, Tool } from '../model/state';
import { useApp, useAppContext, useLang } from './app';
import { titleOf } from './cameraTree';
import { CoveragePicker } from './coverage/CoveragePicker';
import { DataMenu } from './desk/DataMenu';
import { UndoBar } from './desk/UndoBar';
import { SearchBox } from './SearchBox';
import { AccountMenu } from './signin/AccountMenu';
import { toggleWall } from './video/wallKey';
import { WorkspaceSwitch } from './WorkspaceSwitch';

const TOOLS: { tool: Tool; icon: ReactNode }[] = [
  { tool: 'select', icon: <AimOutlined /> },
  { tool: 'distance', icon: <LineOutlined /> },
  { tool: 'area', icon: <AreaChartOutlined /> },
  { tool: 'height', icon: <ColumnHeightOutlined /> },
  { tool: 'sight', icon: <EyeOutlined /> },
];

const SWITCHES: (keyof Layers)[] = [
  'cameras',
  'labels',
  'buildings',
  'basemap',
  'areas',
  'cone',
  'coverage',
  'privacy',
  'incidents',
  'checkpoints',
  'zones',
  'units',
  'vehicles',
];

const LEVELS = ['city', 'district', 'street', 'community'] as const;

function LayerSwitches() {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const layers = useApp((state) => state.layers);
  const style = useApp((state) => state.basemapStyle);
  const boundaries = useApp((state) => state.boundaries);
  return (
    <div style={{ display: 'grid', gap: 6, minWidth: 170 }} id="layer-switches">
      {SWITCHES.map((layer) => (
        <Checkbox
          key={layer}
          checked={layers[layer]}
          onChange={(event) => store.getState().setLayer(layer, event.target.checked)}
        >
          {t(`layer.${layer}`)}
        </Checkbox>
      ))}
      <span className="soft">{t('layer.style')}</span>
      <Segmented<State['basemapStyle']>
        block
        size="small"
        value={style}
        onChange={(value) => store.getState().setBasemapStyle(value)}
        options={[
          { value: 'dark', label: t('layer.dark') },
          { value: 'light', label: t('layer.light') },
        ]}
      />
      <span className="soft">{t('boundary.title')}</span>
      <Select<AreaLevel>
        size="small"
        allowClear
        id="boundaries"
        value={boundaries}
        placeholder={t('boundary.none')}
        aria-label={t('boundary.title')}
        onChange={(level) => store.getState().setBoundaries(level ?? null)}
        options={LEVELS.map((value) => ({ value, label: t(`incident.levels.${value}`) }))}
      />
      <CoveragePicker />
    </div>
  );
}

/** What is done to the map and to the city's data; Manage has no use for it. */
function Hands() {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const tool = useApp((state) => state.tool);
  const wall = useApp((state) => state.wall !== null);
  return (
    <>
      <fieldset style={{ display: 'flex', gap: 2, border: 0, margin: 0, padding: 0 }} aria-label={t('tool.tools')}>
        {TOOLS.map((entry) => (
          <Tooltip key={entry.tool} title={t(`tool.${entry.tool}`)}>
            <Button
              type={tool === entry.tool ? 'primary' : 'text'}
              icon={entry.icon}
              aria-label={t(`tool.${entry.tool}`)}
              aria-pressed={tool === entry.tool}
              data-tool={entry.tool}
              onClick={() => store.getState().setTool(entry.tool)}
            />
          </Tooltip>
        ))}
      </fieldset>
      <span className="bar-group">
        <UndoBar />
      </span>
      <Tooltip title={`${t('wall.open')} (Z)`}>
        <Button
          type={wall ? 'primary' : 'text'}
          id="wall-open"
          icon={<VideoCameraOutlined />}
          aria-label={t('wall.open')}
          aria-pressed={wall}
          onClick={() => toggleWall(store)}
        />
      </Tooltip>
      <DataMenu />
    </>
  );
}

export function TopBar({ onHelp }: { onHelp: () => void }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const city = useApp((state) => state.city);
  const operating = useApp((state) => state.workspace === 'operate');
  return (
    <header className="topbar">
      <div className="brand">
        <img src="/favicon.svg" alt="" />
        <strong>{city ? titleOf(city, lang) : ''}</strong>
        <span>{t('app.title')}</span>
      </div>
      <WorkspaceSwitch />
      <SearchBox />
      <div className="spacer" />
      {operating && <Hands />}
      <Popover trigger="click" placement="bottomRight" content={<LayerSwitches />} title={t('layer.title')}>
        <Button type="text" icon={<AppstoreOutlined />}>
          {t('layer.title')}
        </Button>
      </Popover>
      <Segmented<'zh' | 'en'>
        value={lang}
        aria-label={t('app.language')}
        onChange={(value) => store.getState().setLang(value)}
        options={[
          { value: 'zh', label: '中' },
          { value: 'en', label: 'EN' },
        ]}
      />
      <Tooltip title={t('help.open')}>
        <Button type="text" icon={<QuestionCircleOutlined />} aria-label={t('help.open')} onClick={onHelp} />
      </Tooltip>
      <AccountMenu />
    </header>
  );
}
