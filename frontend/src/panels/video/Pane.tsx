import { ArrowsAltOutlined, CloseOutlined, ShrinkOutlined } from '@ant-design/icons';
import { Button, Select, Tooltip } from 'antd';
import { type DragEvent, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { StreamRole } from '../../api/streams';
import type { CameraDetails } from '../../api/types';
import { cleared, put, roleIn, soloed, swapped, type Wall } from '../../model/wall';
import { useApp, useAppContext, useLang } from '../app';
import { NamesSwitch } from '../camera/NamesSwitch';
import { PictureStage } from '../camera/PictureStage';
import { usePicture } from '../camera/usePicture';
import { titleOf } from '../cameraTree';
import { useCameraDetails } from '../queries';
import { VideoNow } from '../replay/VideoNow';
import { TierDot } from '../TierDot';
import { Trouble } from '../Trouble';
import { carryPane, dropped, isOurs } from './cameraDrag';
import { RoleSwitch, SaveTools } from './FilmTools';
import { stretchWords } from './words';

const STILL_PX = { one: 1600, few: 960, many: 480 };

const widthOf = (wall: Wall) => {
  if (wall.solo !== null || wall.size === 1) return STILL_PX.one;
  return wall.size === 4 ? STILL_PX.few : STILL_PX.many;
};

interface PaneProps {
  wall: Wall;
  index: number;
  onChange: (wall: Wall) => void;
}

function Shown({ wall, index, onChange, details }: PaneProps & { details: CameraDetails }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const usual = roleIn(wall);
  const [own, setOwn] = useState<{ instead: StreamRole; role: StreamRole } | null>(null);
  const role = own?.instead === usual ? own.role : usual;
  const picture = usePicture(details, { width: widthOf(wall), lines: false, role });
  const name = titleOf(details, lang);
  const along = useApp((state) => state.route?.cameras.find(({ camera }) => camera === details.id));
  const solo = wall.solo === index;
  const setRole = (wanted: StreamRole) => setOwn({ instead: usual, role: wanted });
  const enlarge = t(solo ? 'wall.soloEnd' : 'wall.solo');
  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: dragged; the buttons inside work by keyboard */}
      <header
        draggable
        title={t('wall.move')}
        onDragStart={(event) => carryPane(event, index)}
        onDoubleClick={() => onChange(soloed(wall, index))}
      >
        <TierDot tier={details.tier} />
        <button
          type="button"
          className="title"
          title={name}
          onClick={() => store.getState().select({ kind: 'camera', id: details.id })}
        >
          {name}
        </button>
        {along && <span className="onroute">{t('route.inPane', stretchWords(along, lang))}</span>}
        <VideoNow />
        <span className="headtools">
          <RoleSwitch video={picture.video} onChange={setRole} />
          <SaveTools video={picture.video} name={name} />
          <NamesSwitch />
          {wall.size > 1 && (
            <Tooltip title={enlarge}>
              <Button
                size="small"
                type="text"
                icon={solo ? <ShrinkOutlined /> : <ArrowsAltOutlined />}
                aria-label={enlarge}
                onClick={() => onChange(soloed(wall, index))}
              />
            </Tooltip>
          )}
          <Tooltip title={t('wall.remove')}>
            <Button
              size="small"
              type="text"
              icon={<CloseOutlined />}
              aria-label={t('wall.remove')}
              onClick={() => onChange(cleared(wall, index))}
            />
          </Tooltip>
        </span>
      </header>
      <PictureStage
        small
        camera={details}
        picture={picture}
        onClose={() => (solo ? onChange(soloed(wall, index)) : store.getState().setWall(null))}
      />
    </>
  );
}

function Filled({ id, ...pane }: PaneProps & { id: string }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useCameraDetails(id);
  const known = useApp((state) => !state.camerasLoaded || state.cameras.has(id));
  if (data) return <Shown {...pane} details={data} />;
  return (
    <div className="emptypane">
      {error && known && <Trouble error={error} retry={() => refetch()} />}
      {!known && <span className="soft">{t('wall.missing', { id })}</span>}
      {!error && known && <span className="soft">{t('picture.loading')}</span>}
      {(error || !known) && (
        <Button size="small" onClick={() => pane.onChange(cleared(pane.wall, pane.index))}>
          {t('wall.remove')}
        </Button>
      )}
    </div>
  );
}

/** An empty pane: a camera is dragged here, or chosen. */
function Empty({ wall, index, onChange }: PaneProps) {
  const { t } = useTranslation();
  const lang = useLang();
  const cameras = useApp((state) => state.cameras);
  const options = useMemo(
    () => [...cameras.values()].map((camera) => ({ value: camera.id, label: titleOf(camera, lang) })),
    [cameras, lang],
  );
  return (
    <div className="emptypane">
      <span className="soft">{t('wall.drop')}</span>
      <Select
        showSearch={{ optionFilterProp: 'label' }}
        size="small"
        value={null}
        placeholder={t('wall.pick')}
        aria-label={t('wall.pick')}
        options={options}
        popupMatchSelectWidth={280}
        onChange={(id: string | null) => id && onChange(put(wall, index, id))}
      />
    </div>
  );
}

/** One place of the wall, with a camera or without. */
export function Pane(props: PaneProps) {
  const { wall, index, onChange } = props;
  const [over, setOver] = useState(false);
  const id = wall.panes[index] ?? null;
  const drag = (event: DragEvent) => {
    if (!isOurs(event)) return;
    event.preventDefault();
    setOver(true);
  };
  const drop = (event: DragEvent) => {
    setOver(false);
    const what = dropped(event);
    if (!what) return;
    event.preventDefault();
    onChange('camera' in what ? put(wall, index, what.camera) : swapped(wall, what.pane, index));
  };
  const hidden = wall.solo !== null && wall.solo !== index;
  if (hidden) return null;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: an empty pane has a list to choose from
    <section
      className={`pane${over ? ' over' : ''}`}
      data-pane={index}
      data-camera={id}
      onDragEnter={drag}
      onDragOver={drag}
      onDragLeave={(event) => !event.currentTarget.contains(event.relatedTarget as Node | null) && setOver(false)}
      onDrop={drop}
    >
      {id === null ? <Empty {...props} /> : <Filled key={id} id={id} {...props} />}
    </section>
  );
}
