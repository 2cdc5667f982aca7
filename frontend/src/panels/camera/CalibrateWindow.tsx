import { FolderOpenOutlined, LoadingOutlined, UndoOutlined } from '@ant-design/icons';
import { Alert, App as AntApp, Button, Checkbox, Segmented, Tooltip, Upload } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CameraDetails, CameraSummary } from '../../api/types';
import { addHalf, changePair, type Pixel } from '../../model/pairs';
import { useApp, useAppContext, useLang } from '../app';
import { titleOf } from '../cameraTree';
import { useCameraDetails } from '../queries';
import { residualsOf } from './CalibratePanel';
import { readPicture, useOwnPicture } from './ownPicture';
import { ARROW_TIMES, PairMarks } from './PairMarks';
import { PictureView } from './PictureView';
import { useSteadyPicture } from './Still';
import { solvedQuery } from './solved';

const STILL_PX = 1600;

type EdgesOf = 'solved' | 'record';

function Body({ camera }: { camera: CameraDetails }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { store, api } = useAppContext();
  const { message } = AntApp.useApp();
  const pairs = useApp((state) => state.pairs);
  const chosen = useApp((state) => state.pair);
  const answer = useApp((state) => state.calibrated);
  const [own, setOwn] = useOwnPicture();
  const [edges, setEdges] = useState(true);
  const [choice, setChoice] = useState<EdgesOf>('solved');
  const [cross, setCross] = useState<[number, number] | null>(null);
  const residuals = useMemo(() => residualsOf(pairs, answer), [pairs, answer]);
  const size = [camera.image_width, camera.image_height] as const;
  const still = useSteadyPicture(api.stillUrl(camera.id, { width: STILL_PX, v: camera.version }));
  const edgesOf: EdgesOf = answer ? choice : 'record';
  const trial = edgesOf === 'solved' && answer ? solvedQuery(answer) : {};
  const over = useSteadyPicture(
    edges ? api.edgesUrl(camera.id, { width: STILL_PX, v: camera.version, ...trial }) : undefined,
  );
  const point = (pixel: Pixel) => {
    const { setPairs, setPair } = store.getState();
    const next = addHalf(pairs, { pixel });
    setPairs(next);
    setPair(next.find((pair) => pair.pixel === pixel)?.number ?? null);
  };
  const pick = async (file: File) => {
    try {
      setOwn(await readPicture(file));
    } catch {
      message.error(t('calibrate.notPicture'));
    }
  };
  const [w, h] = size;
  const other = own !== null && Math.abs(own.width / own.height - w / h) > 0.01;
  return (
    <>
      <div className="picturetools">
        <Upload
          accept="image/*"
          showUploadList={false}
          beforeUpload={(file) => {
            void pick(file);
            return false;
          }}
        >
          <Tooltip title={t('calibrate.ownHelp')}>
            <Button size="small" icon={<FolderOpenOutlined />} id="own-picture">
              {own ? own.name : t('calibrate.own')}
            </Button>
          </Tooltip>
        </Upload>
        {own && (
          <Button size="small" type="text" icon={<UndoOutlined />} onClick={() => setOwn(null)}>
            {t('calibrate.still')}
          </Button>
        )}
        <span className="grow" />
        <Checkbox checked={edges} onChange={(event) => setEdges(event.target.checked)}>
          {t('calibrate.edges')}
        </Checkbox>
        {answer && (
          <Segmented<EdgesOf>
            size="small"
            value={choice}
            onChange={setChoice}
            options={[
              { value: 'solved', label: t('calibrate.edgesSolved') },
              { value: 'record', label: t('calibrate.edgesRecord') },
            ]}
          />
        )}
      </div>
      <div className="picturebody" data-busy={still.busy || over.busy}>
        <PictureView
          src={own?.url ?? still.shown}
          over={edges ? over.shown : undefined}
          size={size}
          label={t('picture.canvas', { name: titleOf(camera, lang) })}
          onPoint={point}
          onHover={setCross}
          onClose={() => store.getState().calibrate(null)}
          overlay={(unit) => (
            <PairMarks
              pairs={pairs}
              chosen={chosen}
              unit={unit}
              residuals={residuals}
              onChoose={(number) => store.getState().setPair(number)}
              onDrag={(number, pixel) => store.getState().setPairs(changePair(pairs, number, { pixel }))}
            />
          )}
        />
        {!own && (
          <span className="simulated" title={t('picture.simulatedHelp')}>
            {t('picture.simulated')}
            {still.busy && <LoadingOutlined style={{ marginLeft: 6 }} />}
          </span>
        )}
        {cross && <span className="pixel">{t('picture.at', { u: cross[0].toFixed(1), v: cross[1].toFixed(1) })}</span>}
      </div>
      <footer>
        {other && own && (
          <Alert type="warning" showIcon title={t('calibrate.ownSize', { w: own.width, h: own.height, W: w, H: h })} />
        )}
        {!other && (
          <span className="soft">{answer ? t('calibrate.arrows', { times: ARROW_TIMES }) : t('picture.keys')}</span>
        )}
      </footer>
    </>
  );
}

/** The picture of the camera that is being calibrated, beside the map. */
export function CalibrateWindow({ camera }: { camera: CameraSummary }) {
  const { t } = useTranslation();
  const details = useCameraDetails(camera.id);
  return (
    <section
      className="picturewin calibrating"
      role="dialog"
      data-camera={camera.id}
      aria-label={t('calibrate.picture')}
    >
      <header>
        <span className="title">{t('calibrate.picture')}</span>
      </header>
      {details.data && <Body camera={details.data} />}
    </section>
  );
}
