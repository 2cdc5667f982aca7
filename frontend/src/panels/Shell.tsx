import { MenuUnfoldOutlined } from '@ant-design/icons';
import { Alert, Button, Spin, Tooltip } from 'antd';
import { useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Tier } from '../api/types';
import type { Tool } from '../model/state';
import { DUTIES, VEHICLE_TYPES, vehicleIn } from '../model/vehicles';
import { useApp, useAppContext, useLang } from './app';
import { BuildingPanel } from './BuildingPanel';
import { CameraPanel } from './CameraPanel';
import { CameraTree } from './CameraTree';
import { AdjustPanel } from './camera/AdjustPanel';
import { CalibratePanel } from './camera/CalibratePanel';
import { CalibrateWindow } from './camera/CalibrateWindow';
import { PictureWindows } from './camera/PictureWindow';
import { titleOf } from './cameraTree';
import { CoverageLegend } from './coverage/CoverageLegend';
import { useCoverageOnMap } from './coverage/data';
import { Dock } from './Dock';
import { Desk } from './desk/Desk';
import { useCityFeed } from './desk/feed';
import { useVolumesOnMap } from './desk/Privacy';
import { HelpOverlay } from './HelpOverlay';
import { CheckpointPanel } from './incidents/CheckpointPanel';
import { IncidentPanel } from './incidents/IncidentPanel';
import { useUnitsOnMap } from './incidents/incidentQueries';
import { useIncidentKeys } from './incidents/keys';
import { OverTip } from './incidents/OverTip';
import { UnitPanel } from './incidents/UnitPanel';
import { useLive } from './incidents/useLive';
import { useKeyboard } from './keyboard';
import { LinkPanel } from './LinkPanel';
import { ManageDesk } from './manage/ManageDesk';
import { ReplayBar } from './replay/ReplayBar';
import { ReplayFrame } from './replay/ReplayFrame';
import { useReplay } from './replay/useReplay';
import { SituationBar } from './SituationBar';
import { StatusBar } from './StatusBar';
import { TierDot } from './TierDot';
import { ToolPanel } from './ToolPanel';
import { TopBar } from './TopBar';
import { Trouble } from './Trouble';
import { UnitDot } from './UnitDot';
import { useVehicleKeys } from './vehicles/keys';
import { DutyMark, VehicleDot } from './vehicles/Marks';
import { VehiclePanel } from './vehicles/VehiclePanel';
import { useTrackOnMap } from './vehicles/vehicleQueries';
import { PurposeDialog } from './video/PurposeDialog';
import { WallView } from './video/WallView';

const TIERS: readonly Tier[] = [1, 2, 3];
const MEASURING: readonly Tool[] = ['distance', 'area', 'height', 'sight'];

function HoverTip() {
  const lang = useLang();
  const { t } = useTranslation();
  const hover = useApp((state) => state.hover);
  const camera = useApp((state) => (hover ? state.cameras.get(hover.camera) : undefined));
  if (!hover || !camera) return null;
  return (
    <div className="tip" style={{ left: hover.x, top: hover.y }}>
      <TierDot tier={camera.tier} /> {titleOf(camera, lang)}
      <div className="soft">
        {t(`tier.${camera.tier}`)} · {t(`type.${camera.type}`)}
        {camera.heading === null && camera.type === 'fixed' && ` · ${t('camera.noHeading')}`}
      </div>
    </div>
  );
}

const useCalibrated = () => useApp((state) => (state.calibrating ? state.cameras.get(state.calibrating) : undefined));

/** Pictures over the map: those that were opened, or the one that is being calibrated. */
function Pictures() {
  const calibrated = useCalibrated();
  const wall = useApp((state) => state.wall !== null);
  // The wall covers them; so many pictures at once would be played for nobody.
  if (wall && !calibrated) return <WallView />;
  return calibrated ? <CalibrateWindow key={calibrated.id} camera={calibrated} /> : <PictureWindows />;
}

/** At the right stands what was asked last: a tool, a camera, or the cameras that see the clicked place. */
function RightDock() {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const tool = useApp((state) => state.tool);
  const desk = useApp((state) => state.desk);
  const selection = useApp((state) => state.selection);
  const click = useApp((state) => state.click);
  const camera = useApp((state) => (selection?.kind === 'camera' ? state.cameras.get(selection.id) : undefined));
  const trial = useApp((state) => state.trial);
  const adjusted = useApp((state) => state.trial && state.cameras.get(state.trial.camera));
  const calibrated = useCalibrated();
  const incident = useApp((state) => state.incident);
  const checkpoint = useApp((state) => state.checkpoint);
  const unit = useApp((state) => state.unit);
  if (MEASURING.includes(tool)) return <ToolPanel />;
  if (trial && adjusted) return <AdjustPanel key={adjusted.id} trial={trial} camera={adjusted} />;
  if (calibrated) return <CalibratePanel key={calibrated.id} camera={calibrated} />;
  if (camera) return <CameraPanel key={camera.id} camera={camera} />;
  const vehicle = vehicleIn(unit);
  if (vehicle !== null) return <VehiclePanel key={vehicle} id={vehicle} />;
  if (unit) return <UnitPanel key={unit} unit={unit} />;
  if (checkpoint) return <CheckpointPanel key={checkpoint} id={checkpoint} />;
  if (incident) return <IncidentPanel key={incident} id={incident} />;
  if (click) return <LinkPanel click={click} />;
  if (selection?.kind === 'building') {
    return (
      <Dock
        side="right"
        title={t('building.title')}
        closeLabel={t('link.close_panel')}
        onClose={() => store.getState().select(null)}
      >
        <div className="scroll">
          <BuildingPanel id={selection.id} />
        </div>
      </Dock>
    );
  }
  if (desk) return null;
  return (
    <aside className="dock right">
      <div className="scroll">
        <strong>{t('link.start')}</strong>
        <div className="soft">{t('link.startHelp')}</div>
      </div>
    </aside>
  );
}

function Curtain() {
  const { t } = useTranslation();
  const city = useApp((state) => state.city);
  const faults = useApp((state) => state.faults);
  if (city && !faults.city) return null;
  return (
    <div className="curtain">
      {faults.city ? (
        <Trouble error={new Error(faults.city)} retry={() => window.location.reload()} />
      ) : (
        <Spin size="large" description={t('app.loading')}>
          <div style={{ width: 220, height: 120 }} />
        </Spin>
      )}
    </div>
  );
}

/** A part of the scene that failed: which, the program's own words, and the way to a fresh page. */
function Faults() {
  const { t } = useTranslation();
  const faults = useApp((state) => state.faults);
  const told = Object.entries(faults).filter(([part]) => part !== 'city');
  if (told.length === 0) return null;
  return (
    <div className="banner">
      {told.map(([part, message]) => (
        <Alert
          key={part}
          type="warning"
          showIcon
          title={t(`fault.${part}`)}
          description={message}
          action={
            <Button size="small" onClick={() => window.location.reload()}>
              {t('error.reload')}
            </Button>
          }
        />
      ))}
    </div>
  );
}

function Legends() {
  const { t } = useTranslation();
  const units = useApp((state) => state.layers.units);
  const vehicles = useApp((state) => state.layers.vehicles && state.vehicles.size > 0);
  return (
    <div className="legend" role="img" aria-label={t('tier.legend')}>
      <p>
        {TIERS.map((tier) => (
          <span key={tier}>
            <TierDot tier={tier} />
            {t(`tier.${tier}`)}
          </span>
        ))}
      </p>
      {units && (
        <p>
          {(['heard', 'silent', 'post'] as const).map((kind) => (
            <span key={kind}>
              <UnitDot kind={kind} />
              {t(`unit.legend.${kind}`)}
            </span>
          ))}
        </p>
      )}
      {vehicles && (
        <p>
          {VEHICLE_TYPES.map((type) => (
            <span key={type}>
              <VehicleDot type={type} />
              {t(`vehicle.types.${type}`)}
            </span>
          ))}
          {DUTIES.map((duty) => (
            <span key={duty}>
              <DutyMark duty={duty} />
              {t(`vehicle.duties.${duty}`)}
            </span>
          ))}
        </p>
      )}
    </div>
  );
}

/** The city as it is on the server, kept up in the background. */
function Keeper() {
  useCityFeed();
  useLive();
  useUnitsOnMap();
  useIncidentKeys();
  useVehicleKeys();
  useTrackOnMap();
  useVolumesOnMap();
  useCoverageOnMap();
  useReplay();
  return null;
}

/** The Operate workspace around the scene. */
export function Shell() {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const [tree, setTree] = useState(true);
  const [help, setHelp] = useState(false);
  const city = useApp((state) => state.city);
  const desk = useApp((state) => state.desk);
  const operating = useApp((state) => state.workspace === 'operate');
  const openHelp = useCallback(() => setHelp(true), []);
  useKeyboard(store, openHelp);
  useEffect(() => {
    if (city) document.title = `${titleOf(city, lang)} · ${t('app.title')}`;
  }, [city, lang, t]);
  const left = desk ? ` desk-open desk-${desk.kind}` : tree ? '' : ' left-hidden';
  return (
    <div className={`shell${left}`}>
      <Keeper />
      <TopBar onHelp={openHelp} />
      <div hidden={!operating}>
        {tree ? (
          <CameraTree onClose={() => setTree(false)} />
        ) : (
          <Tooltip title={t('tree.show')}>
            <Button
              className="reopen"
              icon={<MenuUnfoldOutlined />}
              aria-label={t('tree.show')}
              onClick={() => setTree(true)}
            />
          </Tooltip>
        )}
        <SituationBar />
        <Desk />
        <RightDock />
        <Pictures />
        <Legends />
        <CoverageLegend />
        <HoverTip />
        <OverTip />
        <ReplayBar />
        <ReplayFrame />
      </div>
      <Faults />
      <ManageDesk />
      <StatusBar />
      <PurposeDialog />
      <HelpOverlay open={help} onClose={() => setHelp(false)} />
      <Curtain />
    </div>
  );
}
