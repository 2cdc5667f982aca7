import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Alert, App as AntApp, Button, Tooltip } from 'antd';
import { useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Calibrated, Residual } from '../../api/cameraTypes';
import { ApiError } from '../../api/client';
import type { CameraDetails, CameraSummary } from '../../api/types';
import { metresPerDegree } from '../../model/geodesy';
import { isWhole, LEAST_PAIRS, type Pair, questionOf, wanted } from '../../model/pairs';
import { useApp, useAppContext, useLang } from '../app';
import { titleOf } from '../cameraTree';
import { Dock } from '../Dock';
import { sentence, takeCamera } from '../desk/edits';
import { degrees, distance, height } from '../format';
import { useAllowed } from '../may';
import { useCameraDetails } from '../queries';
import { Trouble } from '../Trouble';
import { useSigmas } from './Facts';
import { PairTable, PairTools } from './PairTable';
import { solvedQuery } from './solved';

/** Residuals by the number of their pair: the answer has them in the order of the question. */
export function residualsOf(pairs: readonly Pair[], answer: Calibrated | undefined): Map<number, Residual> {
  const asked = pairs.filter(isWhole);
  return new Map((answer?.residuals ?? []).flatMap((residual, i) => (asked[i] ? [[asked[i].number, residual]] : [])));
}

function Step() {
  const { t } = useTranslation();
  const pairs = useApp((state) => state.pairs);
  const next = wanted(pairs);
  return (
    <div className="steps" id="calibrate-step" data-wanted={next}>
      <span className={next === 'pixel' ? 'now' : ''}>{t('calibrate.clickPixel')}</span>
      <span className={next === 'place' ? 'now' : ''}>{t('calibrate.clickPlace')}</span>
    </div>
  );
}

function Change({ label, was, now }: { label: string; was: string; now: string }) {
  const { t } = useTranslation();
  return (
    <>
      <dt>{label}</dt>
      <dd>
        {now} {was !== now && <span className="soft">{t('calibrate.before', { was })}</span>}
      </dd>
    </>
  );
}

function Result({ camera, answer }: { camera: CameraDetails; answer: Calibrated }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { pose, lens, calibration } = answer;
  const sigmas = useSigmas(calibration);
  const [east, north] = metresPerDegree(camera.lat, camera.height);
  const moved = Math.hypot((pose.lon - camera.lon) * east, (pose.lat - camera.lat) * north);
  const angle = (value: number | null) => (value === null ? t('camera.noHeading') : degrees(value, lang, 2));
  const loo = calibration.loo_m;
  return (
    <section id="calibrated" data-verdict={answer.verdict}>
      <div className="sectionhead">{t('calibrate.result')}</div>
      <Alert type={answer.verdict === 'good' ? 'success' : 'warning'} showIcon title={answer.text} />
      <div className="figures">
        <span>{t('calibrate.rms', { px: calibration.rms_px.toFixed(2) })}</span>
        {loo !== null && loo !== undefined && <span>{t('calibrate.loom', { m: distance(loo, lang) })}</span>}
      </div>
      <dl className="facts-table">
        <Change label={t('adjust.heading')} was={angle(camera.heading)} now={angle(pose.heading)} />
        <Change label={t('adjust.pitch')} was={angle(camera.pitch)} now={angle(pose.pitch)} />
        <Change label={t('adjust.roll')} was={angle(camera.roll)} now={angle(pose.roll)} />
        <Change label={t('adjust.hfov')} was={angle(camera.hfov)} now={angle(lens.hfov)} />
        <Change
          label={t('adjust.mount_height')}
          was={height(camera.mount_height, lang)}
          now={pose.mount_height === null ? '–' : height(pose.mount_height, lang)}
        />
        <dt>{t('adjust.place')}</dt>
        <dd>{t('calibrate.moved', { m: distance(moved, lang) })}</dd>
        {lens.distortion.some((k) => k !== 0) && (
          <>
            <dt>{t('facts.distortion')}</dt>
            <dd>{lens.distortion.map((k) => k.toFixed(4)).join(', ')}</dd>
          </>
        )}
        <dt>{t('facts.sigma')}</dt>
        <dd>{sigmas}</dd>
      </dl>
      <p className="soft">{t('calibrate.sigma2')}</p>
    </section>
  );
}

/** The cone of the solved pose, and how surely it is known, drawn while the answer stands. */
function useSolvedCone(camera: CameraDetails | undefined, answer: Calibrated | undefined): void {
  const { api, store } = useAppContext();
  useEffect(() => {
    if (!camera || !answer) return;
    const asking = new AbortController();
    const { heading_deg, pitch_deg } = answer.calibration;
    store.getState().setSpread({ camera: camera.id, heading_deg, pitch_deg });
    api
      .coneOf(camera.id, { ...solvedQuery(answer) }, undefined, asking.signal)
      .then((cone) => {
        if (!asking.signal.aborted) store.getState().setCone(cone);
      })
      // The panel shows the answer itself; a cone that cannot be drawn is no fault of it.
      .catch(() => undefined);
    return () => asking.abort();
  }, [camera, answer, api, store]);
}

function Form({ camera }: { camera: CameraDetails }) {
  const { t } = useTranslation();
  const { store, api } = useAppContext();
  const queries = useQueryClient();
  const { message } = AntApp.useApp();
  const pairs = useApp((state) => state.pairs);
  const answer = useApp((state) => state.calibrated);
  const allowed = useAllowed('change', 'camera');
  const whole = useMemo(() => pairs.filter(isWhole), [pairs]);
  const residuals = useMemo(() => residualsOf(pairs, answer), [pairs, answer]);
  useSolvedCone(camera, answer);
  const solve = useMutation({
    mutationFn: () => api.calibrate(camera.id, { pairs: questionOf(pairs) }),
    onSuccess: (solved) => store.getState().setCalibrated(solved),
  });
  const { reset } = solve;
  // Other pairs: what was refused may be borne now.
  useEffect(() => {
    if (pairs) reset();
  }, [pairs, reset]);
  const apply = useMutation({
    mutationFn: (solved: Calibrated) => api.patchCamera(camera.id, solved.version, { ...solved.patch }),
    onSuccess: (now) => {
      store.getState().setRedo([]);
      store.getState().calibrate(null);
      takeCamera(store, queries, now);
      message.success(t('adjust.saved'));
    },
    onError: (error) => message.error(sentence(error, t('error.offline')), 6),
  });
  const refused = solve.error instanceof ApiError ? solve.error : undefined;
  const missing = LEAST_PAIRS - whole.length;
  return (
    <>
      <div className="scroll" id="calibrate-panel" data-camera={camera.id}>
        <Step />
        <div className="sectionhead">
          <span>{t('calibrate.pairs', { count: whole.length })}</span>
          <PairTools camera={camera} />
        </div>
        <PairTable residuals={residuals} />
        {refused && (
          <Alert
            id="calibrate-refusal"
            type="error"
            showIcon
            title={t('calibrate.refused')}
            description={refused.problem.detail}
          />
        )}
        {solve.error && !refused && <Trouble error={solve.error} retry={() => solve.mutate()} />}
        {answer && <Result camera={camera} answer={answer} />}
      </div>
      <footer className="dockfoot">
        <span className="soft grow">{missing > 0 ? t('calibrate.need', { count: missing }) : ''}</span>
        <Button
          size="small"
          id="calibrate-solve"
          type={answer ? 'default' : 'primary'}
          disabled={missing > 0}
          loading={solve.isPending}
          onClick={() => solve.mutate()}
        >
          {t('calibrate.solve')}
        </Button>
        <Tooltip title={allowed.title ?? t('calibrate.applyHelp')}>
          <Button
            size="small"
            id="calibrate-apply"
            type="primary"
            disabled={!answer || (allowed.disabled ?? false)}
            loading={apply.isPending}
            onClick={() => answer && apply.mutate(answer)}
          >
            {t('calibrate.apply')}
          </Button>
        </Tooltip>
      </footer>
    </>
  );
}

/** Pairs of pixel and place, what follows from them, and how surely. */
export function CalibratePanel({ camera }: { camera: CameraSummary }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const details = useCameraDetails(camera.id);
  return (
    <Dock
      side="right"
      title={`${t('calibrate.title')} · ${titleOf(camera, lang)}`}
      closeLabel={t('calibrate.close')}
      onClose={() => store.getState().calibrate(null)}
    >
      {details.error && <Trouble error={details.error} retry={() => details.refetch()} />}
      {details.data && <Form camera={details.data} />}
    </Dock>
  );
}
