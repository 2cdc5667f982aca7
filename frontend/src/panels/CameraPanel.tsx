import { AimOutlined, EyeOutlined, LinkOutlined } from '@ant-design/icons';
import { Alert, Button, Skeleton, Tooltip } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CameraDetails, CameraSummary } from '../api/types';
import { useApp, useAppContext, useLang } from './app';
import { areaPath } from './areaNames';
import { CoverageFacts } from './CoverageFacts';
import { titleOf } from './cameraTree';
import { Dock } from './Dock';
import { degrees, distance, height } from './format';
import { nearest } from './nearby';
import { useCameraDetails } from './queries';
import { TierDot } from './TierDot';
import { Trouble } from './Trouble';

function Fact({ label, children, assumed }: { label: string; children: ReactNode; assumed?: string | undefined }) {
  const { t } = useTranslation();
  if (children === '' || children === null || children === undefined) return null;
  return (
    <>
      <dt>{label}</dt>
      <dd>
        {children}
        {assumed && (
          <Tooltip title={assumed}>
            <span className="mark">{t('camera.assumed')}</span>
          </Tooltip>
        )}
      </dd>
    </>
  );
}

function Facts({ camera }: { camera: CameraDetails }) {
  const { t } = useTranslation();
  const lang = useLang();
  const areas = useApp((state) => state.areas);
  const assumed = (...fields: string[]) =>
    camera.assumed.find((entry) => fields.some((field) => entry.field === field || entry.field.startsWith(`${field}_`)))
      ?.text;
  const lens =
    camera.hfov_tele !== null && camera.hfov_tele !== camera.hfov
      ? t('camera.lensRange', {
          wide: degrees(camera.hfov, lang).replace('°', ''),
          tele: degrees(camera.hfov_tele, lang).replace('°', ''),
        })
      : degrees(camera.hfov, lang);
  return (
    <dl className="facts-table">
      <Fact
        label={t('camera.tier')}
        assumed={camera.tier_assumed ? (assumed('tier') ?? t('camera.assumed')) : undefined}
      >
        {t(`tier.${camera.tier}`)}
      </Fact>
      <Fact label={t('camera.type')} assumed={assumed('type')}>
        {t(`type.${camera.type}`)}
      </Fact>
      <Fact label={t('camera.owner')}>{camera.owner}</Fact>
      <Fact label={t('camera.area')}>{areaPath(camera, areas, lang)}</Fact>
      <Fact label={t('camera.address')}>{camera.address}</Fact>
      <Fact label={t('camera.mount')} assumed={assumed('mount_height')}>
        {height(camera.mount_height, lang)}
      </Fact>
      <Fact label={t('camera.heading')} assumed={assumed('heading')}>
        {camera.heading === null ? t('camera.noHeading') : degrees(camera.heading, lang)}
      </Fact>
      <Fact label={t('camera.pitch')} assumed={assumed('pitch')}>
        {degrees(camera.pitch, lang)}
      </Fact>
      <Fact label={t('camera.lens')} assumed={assumed('hfov')}>
        {lens}
      </Fact>
      <Fact label={t('camera.picture')} assumed={assumed('image', 'image_width', 'image_height')}>
        {camera.image_width} × {camera.image_height}
      </Fact>
      <Fact label={t('camera.reach')} assumed={assumed('range')}>
        {distance(camera.reach_m, lang)}
      </Fact>
      <Fact label={t('camera.streams')}>
        {camera.streams.length > 0 ? t('camera.streamCount', { count: camera.streams.length }) : t('camera.noStreams')}
      </Fact>
      <Fact label={t('camera.id')}>{camera.id}</Fact>
    </dl>
  );
}

function Nearby({ camera }: { camera: CameraSummary }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const cameras = useApp((state) => state.cameras);
  const others = nearest(camera, cameras.values());
  return (
    <>
      <div className="sectionhead">{t('camera.nearby')}</div>
      {others.length === 0 && <span className="soft">{t('camera.noNearby')}</span>}
      {others.map(({ camera: other, metres }) => (
        <button
          type="button"
          className="hit"
          key={other.id}
          onClick={() => store.getState().select({ kind: 'camera', id: other.id })}
        >
          <TierDot tier={other.tier} unknown={other.heading === null && other.type === 'fixed'} />
          <span className="title">{titleOf(other, lang)}</span>
          <span className="dist">{distance(metres, lang)}</span>
        </button>
      ))}
    </>
  );
}

export function CameraPanel({ camera }: { camera: CameraSummary }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const click = useApp((state) => state.click);
  const [copied, setCopied] = useState(false);
  const details = useCameraDetails(camera.id);
  const state = store.getState();
  return (
    <Dock
      side="right"
      title={titleOf(camera, lang)}
      closeLabel={click ? t('camera.back') : t('camera.close')}
      back={click !== null}
      onClose={() => state.select(null)}
    >
      <div className="scroll" id="camera-panel" data-camera={camera.id}>
        <div className="row" style={{ display: 'flex', gap: 8, marginBottom: 10 }}>
          <Button
            size="small"
            icon={<AimOutlined />}
            onClick={() =>
              state.goTo({
                lon: camera.lon,
                lat: camera.lat,
                height: camera.height,
                range: camera.tier === 1 ? 2500 : 500,
              })
            }
          >
            {t('camera.fly')}
          </Button>
          <Tooltip title={camera.heading === null ? t('camera.noHeading') : undefined}>
            <Button
              size="small"
              icon={<EyeOutlined />}
              disabled={camera.heading === null}
              onClick={() => state.order('look-through')}
            >
              {t('camera.lookFrom')}
            </Button>
          </Tooltip>
          <Button
            size="small"
            icon={<LinkOutlined />}
            onClick={() => navigator.clipboard.writeText(window.location.href).then(() => setCopied(true))}
          >
            {copied ? t('camera.copied') : t('camera.copyLink')}
          </Button>
        </div>
        {details.error && <Trouble error={details.error} retry={() => details.refetch()} />}
        {details.isPending && <Skeleton active title={false} paragraph={{ rows: 8 }} />}
        {details.data && (
          <>
            {details.data.assumed.length > 0 && (
              <Alert
                type="warning"
                showIcon
                style={{ marginBottom: 10 }}
                title={t('camera.assumptions')}
                description={
                  <ul style={{ margin: 0, paddingLeft: 18 }}>
                    {details.data.assumed.map((entry) => (
                      <li key={entry.field}>{entry.text}</li>
                    ))}
                  </ul>
                }
              />
            )}
            <Facts camera={details.data} />
          </>
        )}
        <CoverageFacts camera={camera} />
        <Nearby camera={camera} />
      </div>
    </Dock>
  );
}
