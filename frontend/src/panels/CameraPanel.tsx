import {
  AimOutlined,
  ControlOutlined,
  EyeOutlined,
  LinkOutlined,
  RadarChartOutlined,
  VideoCameraAddOutlined,
} from '@ant-design/icons';
import { Button, Skeleton, Tabs, Tooltip } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CameraDetails, CameraSummary } from '../api/types';
import { UNKNOWN } from '../model/health';
import { startTrial } from '../model/trial';
import { added, emptyWall, paused } from '../model/wall';
import { useApp, useAppContext, useLang } from './app';
import { Classes } from './camera/Classes';
import { Assumptions, Facts } from './camera/Facts';
import { useOverlays } from './camera/overlays';
import { aimQuery } from './camera/queries';
import { Around, Sees } from './camera/Sees';
import { Still } from './camera/Still';
import { titleOf } from './cameraTree';
import { Dock } from './Dock';
import { CameraActions } from './desk/CameraActions';
import { FaultTags, OnlineSign } from './health/ConditionMark';
import { useAllowed } from './may';
import { useCameraDetails } from './queries';
import { Trouble } from './Trouble';
import { DrapeAction } from './video/DrapeSwitch';

/** Enough for the panel's width on a sharp screen. */
const STILL_PX = 720;

/** State and purpose at a glance, and what was assumed. */
function Chips({ camera }: { camera: CameraDetails }) {
  const { t } = useTranslation();
  const condition = useApp((state) => state.conditions.get(camera.id) ?? UNKNOWN);
  return (
    <div className="chips" id="camera-chips">
      <span className={`chip ${camera.status}`}>{t(`condition.${camera.status}`)}</span>
      <OnlineSign online={condition.online} />
      <FaultTags faults={condition.faults} />
      {camera.purpose && (
        <span className="chip plain" title={camera.purpose}>
          {t('facts.purpose')} · {camera.purpose}
        </span>
      )}
      <Assumptions camera={camera} />
    </div>
  );
}

function Actions({ camera, details }: { camera: CameraSummary; details: CameraDetails | undefined }) {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const [copied, setCopied] = useState(false);
  const allowed = useAllowed('change', 'camera');
  const state = store.getState();
  const fly = () =>
    state.goTo({ lon: camera.lon, lat: camera.lat, height: camera.height, range: camera.tier === 1 ? 2500 : 500 });
  return (
    <div className="actions">
      <Tooltip title={allowed.title ?? t('facts.adjustHelp')}>
        <Button
          size="small"
          id="adjust"
          icon={<ControlOutlined />}
          disabled={!details || allowed.disabled === true}
          onClick={() => details && state.setTrial(startTrial(details))}
        >
          {t('facts.adjust')}
        </Button>
      </Tooltip>
      <Tooltip title={allowed.title ?? (camera.heading === null ? t('picture.noneHelp') : t('facts.calibrateHelp'))}>
        <Button
          size="small"
          id="calibrate"
          icon={<RadarChartOutlined />}
          disabled={!details || camera.heading === null || allowed.disabled === true}
          onClick={() => state.calibrate(camera.id)}
        >
          {t('facts.calibrate')}
        </Button>
      </Tooltip>
      <span className="grow" />
      <Tooltip title={t('wall.add')}>
        <Button
          size="small"
          type="text"
          id="wall-add"
          icon={<VideoCameraAddOutlined />}
          aria-label={t('wall.add')}
          onClick={() => {
            const { wall, wallBefore, setWall } = store.getState();
            setWall(paused(added(wall ?? wallBefore ?? emptyWall(), camera.id)));
          }}
        />
      </Tooltip>
      <Tooltip title={t('camera.fly')}>
        <Button size="small" type="text" icon={<AimOutlined />} aria-label={t('camera.fly')} onClick={fly} />
      </Tooltip>
      <Tooltip title={camera.heading === null ? t('camera.noHeading') : t('camera.lookFrom')}>
        <Button
          size="small"
          type="text"
          icon={<EyeOutlined />}
          aria-label={t('camera.lookFrom')}
          disabled={camera.heading === null}
          onClick={() => state.order('look-through')}
        />
      </Tooltip>
      <Tooltip title={copied ? t('camera.copied') : t('camera.copyLink')}>
        <Button
          size="small"
          type="text"
          icon={<LinkOutlined />}
          aria-label={t('camera.copyLink')}
          onClick={() => navigator.clipboard.writeText(window.location.href).then(() => setCopied(true))}
        />
      </Tooltip>
    </div>
  );
}

/** Everything that one camera can tell: its picture, its record, what it sees and who else sees it. */
export function CameraPanel({ camera }: { camera: CameraSummary }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { store, api } = useAppContext();
  const behind = useApp(({ click, incident, checkpoint }) => (click ?? incident ?? checkpoint) !== null);
  const aim = useApp((state) => state.aims[camera.id]);
  const details = useCameraDetails(camera.id);
  const overlays = useOverlays(camera, details.data);
  const state = store.getState();
  const { data } = details;
  const looks = camera.heading !== null || (data?.aim ?? null) !== null || aim?.startsWith('preset:');
  const still =
    data && looks
      ? api.stillUrl(camera.id, { width: STILL_PX, v: data.version, ...aimQuery(aim, data.presets) })
      : undefined;
  return (
    <Dock
      side="right"
      title={titleOf(camera, lang)}
      closeLabel={behind ? t('camera.back') : t('camera.close')}
      back={behind}
      onClose={() => state.select(null)}
    >
      <div className="camera-head" id="camera-panel" data-camera={camera.id}>
        {(data || details.isPending) && (
          <Still
            url={data ? still : undefined}
            alt={t('picture.canvas', { name: titleOf(camera, lang) })}
            hint={t('picture.open')}
            onClick={() => state.openPicture(camera.id)}
          />
        )}
        {data && <Chips camera={data} />}
        <Actions camera={camera} details={data} />
        <DrapeAction camera={camera} />
        <CameraActions camera={camera} />
      </div>
      {details.error && <Trouble error={details.error} retry={() => details.refetch()} />}
      {details.isPending && <Skeleton active title={false} paragraph={{ rows: 8 }} />}
      {data && (
        <Tabs
          className="camera-tabs"
          size="small"
          defaultActiveKey="coverage"
          items={[
            {
              key: 'coverage',
              label: t('facts.tabCoverage'),
              children: <Classes camera={data} overlays={overlays} />,
            },
            { key: 'sees', label: t('facts.tabSees'), children: <Sees camera={camera} blind={overlays.blind} /> },
            { key: 'near', label: t('facts.tabNear'), children: <Around camera={camera} blind={overlays.blind} /> },
            { key: 'facts', label: t('facts.tabView'), children: <Facts camera={data} /> },
          ]}
        />
      )}
    </Dock>
  );
}
