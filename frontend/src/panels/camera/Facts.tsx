import { Popover, Tooltip } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { CameraDetails } from '../../api/types';
import { useApp, useLang } from '../app';
import { areaPath } from '../areaNames';
import { degrees, distance, height } from '../format';

interface FactProps {
  label: string;
  children: ReactNode;
  assumed?: string | undefined;
}

function Fact({ label, children, assumed }: FactProps) {
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

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="factgroup">
      <h3>{title}</h3>
      <dl className="facts-table">{children}</dl>
    </section>
  );
}

const assumedIn =
  (camera: CameraDetails) =>
  (...fields: string[]) =>
    camera.assumed.find((entry) => fields.some((field) => entry.field === field || entry.field.startsWith(`${field}_`)))
      ?.text;

function Record({ camera }: { camera: CameraDetails }) {
  const { t } = useTranslation();
  const lang = useLang();
  const areas = useApp((state) => state.areas);
  const assumed = assumedIn(camera);
  const tier = camera.tier_assumed ? (assumed('tier') ?? t('camera.assumed')) : undefined;
  return (
    <Group title={t('facts.record')}>
      <Fact label={t('camera.tier')} assumed={tier}>
        {t(`tier.${camera.tier}`)}
      </Fact>
      <Fact label={t('camera.type')} assumed={assumed('type')}>
        {t(`type.${camera.type}`)}
      </Fact>
      <Fact label={t('facts.purpose')}>{camera.purpose}</Fact>
      <Fact label={t('camera.owner')}>{camera.owner}</Fact>
      <Fact label={t('field.contractor')}>
        {camera.contractor && camera.leased ? `${camera.contractor}${t('facts.leased')}` : camera.contractor}
      </Fact>
      <Fact label={t('camera.area')}>{areaPath(camera, areas, lang)}</Fact>
      <Fact label={t('camera.address')}>{camera.address}</Fact>
      <Fact label={t('camera.streams')}>
        {camera.streams.length > 0 ? t('camera.streamCount', { count: camera.streams.length }) : t('camera.noStreams')}
      </Fact>
      <Fact label={t('facts.remarks')}>{camera.remarks}</Fact>
      <Fact label={t('camera.id')}>{camera.id}</Fact>
    </Group>
  );
}

function Mounting({ camera }: { camera: CameraDetails }) {
  const { t } = useTranslation();
  const lang = useLang();
  const assumed = assumedIn(camera);
  const ptz = camera.type === 'ptz';
  const pan = camera.pan_range === null || camera.pan_range >= 360;
  return (
    <Group title={t('facts.mounting')}>
      <Fact label={t('camera.mount')} assumed={assumed('mount_height')}>
        {height(camera.mount_height, lang)}
      </Fact>
      <Fact label={t('camera.heading')} assumed={assumed('heading')}>
        {camera.heading === null ? t('camera.noHeading') : degrees(camera.heading, lang)}
      </Fact>
      <Fact label={t('camera.pitch')} assumed={assumed('pitch')}>
        {degrees(camera.pitch, lang)}
      </Fact>
      {camera.roll !== 0 && <Fact label={t('facts.roll')}>{degrees(camera.roll, lang)}</Fact>}
      {ptz && (
        <Fact label={t('facts.panRange')} assumed={assumed('pan_range')}>
          {pan ? t('facts.fullCircle') : degrees(camera.pan_range ?? 360, lang)}
        </Fact>
      )}
      {ptz && (
        <Fact label={t('facts.tiltRange')} assumed={assumed('tilt_min', 'tilt_max')}>
          {degrees(camera.tilt_min, lang)} … {degrees(camera.tilt_max, lang)}
        </Fact>
      )}
    </Group>
  );
}

function Optics({ camera }: { camera: CameraDetails }) {
  const { t } = useTranslation();
  const lang = useLang();
  const assumed = assumedIn(camera);
  const zooms = camera.hfov_tele !== null && camera.hfov_tele !== camera.hfov;
  const field = zooms
    ? t('camera.lensRange', {
        wide: degrees(camera.hfov, lang).replace('°', ''),
        tele: degrees(camera.hfov_tele ?? camera.hfov, lang).replace('°', ''),
      })
    : degrees(camera.hfov, lang);
  const plain = camera.distortion.every((k) => k === 0);
  return (
    <Group title={t('facts.optics')}>
      <Fact label={t('camera.lens')} assumed={assumed('hfov')}>
        {field}
      </Fact>
      <Fact label={t('camera.picture')} assumed={assumed('image', 'image_width', 'image_height')}>
        {camera.image_width} × {camera.image_height}
      </Fact>
      {(camera.lens !== 'rectilinear' || !plain) && (
        <Fact label={t('facts.lensModel')}>{t(`facts.${camera.lens}`)}</Fact>
      )}
      {!plain && (
        <Fact label={t('facts.distortion')}>
          <Tooltip title={camera.distortion.map((k) => k.toPrecision(4)).join(', ')}>
            {t('facts.distorted', { count: camera.distortion.length })}
          </Tooltip>
        </Fact>
      )}
      {camera.principal && (
        <Fact label={t('facts.principal')}>{camera.principal.map((p) => p.toFixed(1)).join(', ')}</Fact>
      )}
      <Fact label={t('camera.reach')} assumed={assumed('range')}>
        {distance(camera.reach_m, lang)}
      </Fact>
    </Group>
  );
}

type Known = NonNullable<CameraDetails['calibration']>;

/** Standard deviations in words, those that are not nought. */
export function useSigmas(known: Known): string {
  const { t } = useTranslation();
  const lang = useLang();
  const angle = (value: number) => degrees(value, lang, 2);
  const parts = [
    t('facts.sigmaHeading', { value: angle(known.heading_deg) }),
    t('facts.sigmaPitch', { value: angle(known.pitch_deg) }),
    t('facts.sigmaRoll', { value: angle(known.roll_deg) }),
  ];
  if (known.hfov_deg > 0) parts.push(t('facts.sigmaHfov', { value: angle(known.hfov_deg) }));
  if (known.place_m > 0) parts.push(t('facts.sigmaPlace', { value: distance(known.place_m, lang) }));
  if (known.height_m > 0) parts.push(t('facts.sigmaHeight', { value: distance(known.height_m, lang) }));
  return parts.join(lang === 'zh' ? '，' : ', ');
}

function Calibrated({ known }: { known: Known }) {
  const { t } = useTranslation();
  const lang = useLang();
  const sigmas = useSigmas(known);
  return (
    <Group title={t('facts.calibration')}>
      <Fact label={t('facts.pairs')}>{known.pairs}</Fact>
      <Fact label={t('facts.rms')}>{known.rms_px.toFixed(2)} px</Fact>
      <Fact label={t('facts.loo')}>
        {known.loo_m === null || known.loo_m === undefined ? '' : distance(known.loo_m, lang)}
      </Fact>
      <Fact label={t('facts.sigma')}>{sigmas}</Fact>
    </Group>
  );
}

/** What had to be assumed, in one chip that opens. */
export function Assumptions({ camera }: { camera: CameraDetails }) {
  const { t } = useTranslation();
  if (camera.assumed.length === 0) return null;
  const list = (
    <ul className="assumptions">
      {camera.assumed.map((entry) => (
        <li key={entry.field}>{entry.text}</li>
      ))}
    </ul>
  );
  return (
    <Popover trigger="click" title={t('camera.assumptions')} content={list} placement="left">
      <button type="button" className="chip warn">
        {t('facts.assumed', { count: camera.assumed.length })}
      </button>
    </Popover>
  );
}

/** All that is on record of one camera, in four groups. */
export function Facts({ camera }: { camera: CameraDetails }) {
  const { t } = useTranslation();
  return (
    <div id="camera-facts">
      <Record camera={camera} />
      <Mounting camera={camera} />
      <Optics camera={camera} />
      {camera.calibration ? (
        <Calibrated known={camera.calibration} />
      ) : (
        <section className="factgroup">
          <h3>{t('facts.calibration')}</h3>
          <span className="soft">{t('facts.notCalibrated')}</span>
        </section>
      )}
    </div>
  );
}
