import { useQueryClient } from '@tanstack/react-query';
import { Alert, App as AntApp, Button, InputNumber, Modal, Slider, Tooltip } from 'antd';
import { memo, useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/client';
import type { CameraDetails, CameraSummary, Lang } from '../../api/types';
import {
  changes,
  LIMITS,
  startTrial,
  type Trial,
  type TrialValues,
  trialQuery,
  valuesOf,
  widest,
} from '../../model/trial';
import { useApp, useAppContext, useLang } from '../app';
import { titleOf } from '../cameraTree';
import { Dock } from '../Dock';
import { sentence, takeCamera } from '../desk/edits';
import { degrees, height } from '../format';
import { useAllowed } from '../may';
import { useCameraDetails } from '../queries';
import { Trouble } from '../Trouble';
import { ClassTable, LadderChoice } from './Classes';
import { useFollow } from './follow';
import { Still } from './Still';

type Name = keyof TrialValues;

/** A picture costs the server what several coverages cost: while something is dragged, those come first. */
const STILL_PAUSE_MS = 400;
const UNITS: Partial<Record<Name, string>> = { mount_height: 'm' };
const STEPS: Partial<Record<Name, number>> = { mount_height: 0.1, roll: 0.1 };

export function shownValue(name: Name, value: number, lang: Lang): string {
  if (name === 'lon' || name === 'lat') return `${value.toFixed(6)}°`;
  return name === 'mount_height' ? height(value, lang) : degrees(value, lang);
}

function rangeOf(name: Name, from: TrialValues, lens: CameraDetails['lens']): [number, number] {
  if (name === 'heading') return [0, 359.9];
  if (name === 'hfov') return [LIMITS.hfov[0], widest(lens)];
  if (name === 'mount_height') return [0, Math.max(30, Math.ceil(from.mount_height * 2))];
  if (name === 'pitch') return [LIMITS.pitch[0], LIMITS.pitch[1]];
  return [LIMITS.roll[0], LIMITS.roll[1]];
}

interface ValueProps {
  name: Name;
  value: number;
  from: TrialValues;
  camera: CameraDetails;
  label: string;
}

/** One value: label, slider, number, and what it was. Drawn anew when it changes, not with every move of a hand. */
const Value = memo(function Value({ name, value, from, camera, label }: ValueProps) {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const [low, high] = rangeOf(name, from, camera.lens);
  const changed = value !== from[name];
  const set = (next: number | null, dragging: boolean) => {
    if (next !== null) store.getState().adjust({ [name]: next }, { dragging, widest: widest(camera.lens) });
  };
  return (
    <div className={`adjustrow${changed ? ' changed' : ''}`} data-field={name}>
      <span className="label">{label}</span>
      <Slider
        min={low}
        max={high}
        step={STEPS[name] ?? 0.5}
        value={value}
        tooltip={{ formatter: null }}
        ariaLabelForHandle={label}
        onChange={(next) => set(next, true)}
        onChangeComplete={(next) => set(next, false)}
      />
      <InputNumber
        size="small"
        aria-label={label}
        min={name === 'heading' ? -360 : low}
        max={name === 'heading' ? 720 : name === 'mount_height' ? LIMITS.mount_height[1] : high}
        step={STEPS[name] ?? 0.5}
        value={value}
        suffix={UNITS[name] ?? '°'}
        onChange={(next) => set(next, false)}
      />
      <span className="was">{changed && t('adjust.was', { value: shownValue(name, from[name], lang) })}</span>
    </div>
  );
});

const PlaceRow = memo(function PlaceRow({ lon, lat }: Pick<TrialValues, 'lon' | 'lat'>) {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const set = (change: Partial<TrialValues>) => store.getState().adjust(change, { dragging: false });
  return (
    <div className="adjustplace">
      <Tooltip title={t('adjust.placeHelp')}>
        <span className="label">{t('adjust.place')}</span>
      </Tooltip>
      {(['lon', 'lat'] as const).map((name) => (
        <InputNumber
          key={name}
          size="small"
          aria-label={t(`adjust.${name}`)}
          title={t(`adjust.${name}`)}
          step={0.00001}
          precision={7}
          controls={false}
          value={name === 'lon' ? lon : lat}
          onChange={(next) => next !== null && set({ [name]: next })}
        />
      ))}
    </div>
  );
});

interface StaleProps {
  trial: Trial;
  now: CameraDetails;
  onTheirs: () => void;
  onMine: () => void;
}

/** Somebody else was quicker: what was read, what is there now, and what would be written over it. */
function StaleModal({ trial, now, onTheirs, onMine }: StaleProps) {
  const { t } = useTranslation();
  const lang = useLang();
  const theirs = valuesOf(now);
  const mine = changes(trial);
  const names = (Object.keys(theirs) as Name[]).filter(
    (name) => theirs[name] !== trial.from[name] || mine[name] !== undefined,
  );
  return (
    <Modal
      open
      title={t('adjust.stale')}
      onCancel={onTheirs}
      width={560}
      footer={[
        <Button key="theirs" onClick={onTheirs}>
          {t('adjust.takeTheirs')}
        </Button>,
        <Button key="mine" type="primary" danger onClick={onMine}>
          {t('adjust.saveMine')}
        </Button>,
      ]}
    >
      <p>{t('adjust.staleHelp', { seen: trial.version, current: now.version })}</p>
      <table className="versions" id="stale-versions">
        <thead>
          <tr>
            <th>{t('adjust.field')}</th>
            <th>{t('adjust.read')}</th>
            <th>{t('adjust.theirs')}</th>
            <th>{t('adjust.mine')}</th>
          </tr>
        </thead>
        <tbody>
          {names.map((name) => (
            <tr key={name}>
              <td>{t(`adjust.${name}`)}</td>
              <td>{shownValue(name, trial.from[name], lang)}</td>
              <td className={theirs[name] !== trial.from[name] ? 'differs' : undefined}>
                {shownValue(name, theirs[name], lang)}
              </td>
              <td className={mine[name] !== undefined ? 'differs' : undefined}>
                {shownValue(name, trial.values[name], lang)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Modal>
  );
}

/** Saving: the version that was read is named; a refusal for another's sake shows both. */
function useSaving() {
  const { store, api } = useAppContext();
  const queries = useQueryClient();
  const { message } = AntApp.useApp();
  const { t } = useTranslation();
  const [stale, setStale] = useState<CameraDetails>();
  const [busy, setBusy] = useState(false);
  const write = useCallback(
    async (trial: Trial, version: number) => {
      if (store.getState().replay) {
        message.warning(t('replay.readOnly'), 6);
        return;
      }
      setBusy(true);
      try {
        const changed = changes(trial);
        const { lon, lat } = trial.values;
        const moved = changed.lon !== undefined || changed.lat !== undefined;
        const camera = await api.patchCamera(trial.camera, version, { ...changed, ...(moved && { lon, lat }) });
        store.getState().setRedo([]);
        store.getState().setTrial(undefined);
        takeCamera(store, queries, camera);
        message.success(t('adjust.saved'));
      } catch (error) {
        if (error instanceof ApiError && (error.status === 412 || error.code === 'stale-version'))
          setStale(await api.camera(trial.camera));
        else message.error(sentence(error, t('error.offline')), 6);
      } finally {
        setBusy(false);
      }
    },
    [api, store, queries, message, t],
  );
  return { write, busy, stale, setStale };
}

const Handles = memo(function Handles() {
  const { t } = useTranslation();
  const words = ['handleHeading', 'handleTilt', 'handleFov', 'handleMast', 'handleFoot'] as const;
  return (
    <ul className="handles">
      {words.map((word) => (
        <li key={word} className={word}>
          {t(`adjust.${word}`)}
        </li>
      ))}
    </ul>
  );
});

interface FootProps {
  /** values that differ from the camera's */
  count: number;
  busy: boolean;
  write: (trial: Trial, version: number) => Promise<void>;
}

const Foot = memo(function Foot({ count, busy, write }: FootProps) {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const allowed = useAllowed('change', 'camera');
  const inHand = (act: (trial: Trial) => void) => () => {
    const { trial } = store.getState();
    if (trial) act(trial);
  };
  return (
    <footer className="dockfoot">
      <span className="soft grow">{count > 0 ? t('adjust.changed', { count }) : t('adjust.nothing')}</span>
      <Tooltip title={t('adjust.resetHelp')}>
        <Button
          size="small"
          disabled={count === 0}
          onClick={inHand(({ from }) => store.getState().adjust(from, { dragging: false }))}
        >
          {t('adjust.reset')}
        </Button>
      </Tooltip>
      <Tooltip title={t('adjust.cancelHelp')}>
        <Button size="small" onClick={() => store.getState().setTrial(undefined)}>
          {t('adjust.cancel')}
        </Button>
      </Tooltip>
      <Button
        size="small"
        type="primary"
        id="adjust-save"
        loading={busy}
        disabled={count === 0}
        {...allowed}
        onClick={inHand((trial) => void write(trial, trial.version))}
      >
        {t('adjust.save')}
      </Button>
    </footer>
  );
});

function Form({ trial, camera }: { trial: Trial; camera: CameraDetails }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { store, api } = useAppContext();
  const coverage = useApp((state) => state.coverage);
  const ladder = useApp((state) => state.ladder);
  const fault = useFollow();
  const { write, busy, stale, setStale } = useSaving();
  const count = Object.keys(changes(trial)).length;
  const mine = coverage?.camera === trial.camera && coverage.ladder === ladder ? coverage.geojson : undefined;
  const label = (name: Name) =>
    t(name === 'heading' && camera.type === 'ptz' ? 'adjust.headingHome' : `adjust.${name}`);
  const names = ['heading', 'pitch', 'hfov', 'mount_height', 'roll'] as const;
  return (
    <>
      <div className="scroll" id="adjust-panel" data-camera={trial.camera}>
        <Still
          url={api.stillUrl(camera.id, { width: trial.dragging ? 240 : 480, v: camera.version, ...trialQuery(trial) })}
          pause_ms={trial.dragging ? STILL_PAUSE_MS : 0}
          alt={t('picture.canvas', { name: titleOf(camera, lang) })}
        />
        {!trial.headingKnown && <Alert type="info" showIcon title={t('adjust.guess')} style={{ marginBottom: 8 }} />}
        {names.map((name) => (
          <Value
            key={name}
            name={name}
            value={trial.values[name]}
            from={trial.from}
            camera={camera}
            label={label(name)}
          />
        ))}
        <PlaceRow lon={trial.values.lon} lat={trial.values.lat} />
        <Handles />
        {fault !== undefined && <Trouble error={fault} />}
        <div className="sectionhead">
          <span>{t('camera.coverage')}</span>
          <LadderChoice />
        </div>
        <ClassTable coverage={mine} ladder={ladder} />
      </div>
      <Foot count={count} busy={busy} write={write} />
      {stale && (
        <StaleModal
          trial={trial}
          now={stale}
          onTheirs={() => {
            setStale(undefined);
            store.getState().setTrial(startTrial(stale));
          }}
          onMine={() => {
            setStale(undefined);
            void write(trial, stale.version);
          }}
        />
      )}
    </>
  );
}

/** The camera in hand: numbers beside the handles in the scene, the picture and the classes that follow. */
export function AdjustPanel({ trial, camera }: { trial: Trial; camera: CameraSummary }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const details = useCameraDetails(camera.id);
  return (
    <Dock
      side="right"
      title={`${t('adjust.title')} · ${titleOf(camera, lang)}`}
      closeLabel={t('adjust.cancelHelp')}
      onClose={() => store.getState().setTrial(undefined)}
    >
      {details.data && <Form trial={trial} camera={details.data} />}
    </Dock>
  );
}
