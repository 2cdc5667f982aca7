import { LoadingOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CameraDetails } from '../../api/types';
import { useAppContext, useLang } from '../app';
import { titleOf } from '../cameraTree';
import { InsteadBadge } from '../video/InsteadBadge';
import { SteerTools } from '../video/SteerTools';
import { clockTime, stateWords } from '../video/words';
import { NoNames } from './NamesSwitch';
import { PictureNames } from './PictureNames';
import { PictureView, PlaceMark } from './PictureView';
import type { Picture } from './usePicture';

const HIT = '#ff7eb6';
const ASKED = '#ffd166';

/** Whether the picture is moving, and from where it comes. */
function Origin({ picture }: { picture: Picture }) {
  const { t } = useTranslation();
  const { video, still, seen } = picture;
  const { state, showing, info, since } = video;
  const lang = useLang();
  const working = state.kind === 'opening' || state.kind === 'waiting';
  const own = seen && info?.simulated === false;
  const from = showing ? t(own ? 'video.live' : 'video.simulated') : t('picture.simulated');
  const help = own ? undefined : t(seen ? 'video.simulatedHelp' : 'picture.simulatedHelp');
  return (
    <span className={`simulated${own ? ' live' : ''}`} title={help}>
      {own && !showing ? (since ? t('video.since', { time: clockTime(since, lang) }) : t('instead.still')) : from}
      {working && <span className="working"> · {stateWords(state, null, t)}</span>}
      {((still.busy && !seen) || working) && <LoadingOutlined style={{ marginLeft: 6 }} />}
    </span>
  );
}

/** Why there is no picture of the camera's own, and what can be done about it. */
function NoFilm({ camera, picture }: { camera: string; picture: Picture }) {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const { state, kept, restart } = picture.video;
  const settled = kept !== null || !['still', 'opening', 'waiting', 'playing', 'pictures'].includes(state.kind);
  const words = settled ? stateWords(state, kept, t) : null;
  if (!words) return null;
  return (
    <div className="nofilm" role="status" data-video={kept ?? state.kind}>
      <span>{words}</span>
      {state.kind === 'purpose' && (
        <Button size="small" type="primary" onClick={() => store.getState().askPurpose(camera)}>
          {t('video.sayPurpose')}
        </Button>
      )}
      {(state.kind === 'ended' || state.kind === 'refused') && kept === null && (
        <Button size="small" onClick={restart}>
          {t('video.again')}
        </Button>
      )}
    </div>
  );
}

/** Who watches, since when: readable in a corner, faint all over. */
function Mark({ text }: { text: string }) {
  return (
    <div className="viewmark" aria-hidden>
      {[0, 1, 2, 3].map((i) => (
        <span key={i}>{text}</span>
      ))}
      <b>{text}</b>
    </div>
  );
}

interface StageProps {
  camera: CameraDetails;
  picture: Picture;
  onClose: () => void;
  /** one of many: no more than the picture */
  small?: boolean;
}

/** The picture itself, still or moving: pointed into, marked, turned. */
export function PictureStage({ camera, picture, onClose, small = false }: StageProps) {
  const { t } = useTranslation();
  const lang = useLang();
  const [cross, setCross] = useState<[number, number] | null>(null);
  const [steering, setSteering] = useState(true);
  const { video, seen, steer, still, edges, projected, locate, mine } = picture;
  const { session, showing } = video;
  const at = projected.data?.pixel;
  const things = picture.names.isEnabled ? picture.names.data?.names : undefined;
  const turns = steer.able && steering && seen && steer.aim !== null;
  return (
    <div
      className={`picturebody${turns ? ' turns' : ''}`}
      data-busy={still.busy}
      data-showing={showing}
      data-state={video.kept ?? video.state.kind}
    >
      {picture.looks ? (
        <PictureView
          src={video.frame ?? still.shown}
          over={edges}
          size={[camera.image_width, camera.image_height]}
          label={t('picture.canvas', { name: titleOf(camera, lang) })}
          onPoint={(pixel) => locate.mutate(pixel)}
          onHover={setCross}
          onClose={onClose}
          film={{ screen: video.screen, showing }}
          onDrag={turns ? steer.drag : undefined}
          onKey={turns ? steer.key : undefined}
          overlay={(unit, frame) => (
            <>
              {things && (
                <PictureNames
                  things={things}
                  size={[camera.image_width, camera.image_height]}
                  frame={frame}
                  unit={unit}
                />
              )}
              {at && <PlaceMark at={at} unit={unit} colour={mine ? HIT : ASKED} hidden={!projected.data?.visible} />}
              {mine && <circle className="pixelmark" cx={mine.pixel[0]} cy={mine.pixel[1]} r={3 * unit} />}
            </>
          )}
        />
      ) : (
        <div className="nopicture">
          <span>{t('picture.none')}</span>
          <small className="soft">{t('picture.noneHelp')}</small>
        </div>
      )}
      {session && showing && <Mark text={session.mark} />}
      <div className="pictureorigin">
        <Origin picture={picture} />
        {picture.looks && <InsteadBadge video={video} />}
      </div>
      {picture.names.isEnabled && <NoNames names={picture.names} />}
      {picture.looks && <NoFilm camera={camera.id} picture={picture} />}
      {steer.able && seen && steer.aim && <SteerTools steer={steer} on={steering} onSwitch={setSteering} />}
      {still.failed && !still.busy && !seen && <span className="nopicture">{t('picture.failed')}</span>}
      {cross && !small && (
        <span className="pixel">{t('picture.at', { u: cross[0].toFixed(0), v: cross[1].toFixed(0) })}</span>
      )}
    </div>
  );
}
