import { BlockOutlined } from '@ant-design/icons';
import { App as AntApp, Button, Popover, Slider, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import type { CameraSummary } from '../../api/types';
import { LEAST_OPACITY, MOST_DRAPED } from '../../model/drapes';
import { useApp, useAppContext, useLang } from '../app';
import { titleOf } from '../cameraTree';
import { useAllowed } from '../may';

/** How strongly pictures lie on the model: all of them alike. */
function Strength() {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const opacity = useApp((state) => state.drapeOpacity);
  return (
    <div className="strength">
      <span className="soft">{t('drape.opacity')}</span>
      <Slider
        min={LEAST_OPACITY * 100}
        max={100}
        step={5}
        value={Math.round(opacity * 100)}
        ariaLabelForHandle={t('drape.opacity')}
        tooltip={{ formatter: (value) => `${value} %` }}
        onChange={(value) => store.getState().setDrapeOpacity(value / 100)}
      />
      <span className="soft">{Math.round(opacity * 100)} %</span>
    </div>
  );
}

/** Lays the picture of one camera on the model, opening it where it is not open, and takes it off again. */
export function useDrapeSwitch(camera: CameraSummary) {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const { message } = AntApp.useApp();
  const on = useApp((state) => state.drapes.includes(camera.id));
  const press = () => {
    const { drapes, films, cameras, setDrape, openPicture } = store.getState();
    const oldest = drapes[0];
    if (!on && drapes.length >= MOST_DRAPED && oldest !== undefined) {
      const known = cameras.get(oldest);
      const name = known ? titleOf(known, lang) : oldest;
      message.info(t('drape.room', { most: MOST_DRAPED, name }));
    }
    if (!on && !films[camera.id]) openPicture(camera.id);
    setDrape(camera.id, !on);
  };
  return { on, press };
}

/** The switch in the head of a picture; while it is on, how strongly is set beside it. */
export function DrapeSwitch({ camera }: { camera: CameraSummary }) {
  const { t } = useTranslation();
  const { on, press } = useDrapeSwitch(camera);
  const label = t(on ? 'drape.off' : 'drape.on', { most: MOST_DRAPED });
  const button = (
    <Button
      size="small"
      type={on ? 'primary' : 'text'}
      ghost={on}
      icon={<BlockOutlined />}
      aria-label={label}
      aria-pressed={on}
      data-drape={camera.id}
      onClick={press}
    />
  );
  if (!on) return <Tooltip title={label}>{button}</Tooltip>;
  return (
    <Popover content={<Strength />} title={label} placement="bottom">
      {button}
    </Popover>
  );
}

/** The same among the actions of a camera. */
export function DrapeAction({ camera }: { camera: CameraSummary }) {
  const { t } = useTranslation();
  const { on, press } = useDrapeSwitch(camera);
  const fault = useApp((state) => state.drapeFaults[camera.id]);
  const allowed = useAllowed('watch', 'camera');
  const blind = camera.type === 'fixed' && camera.heading === null;
  const help = allowed.title ?? (blind ? t('camera.noHeading') : t('drape.help', { most: MOST_DRAPED }));
  return (
    <div className="drapeaction">
      <Tooltip title={help}>
        <Button
          size="small"
          id="drape"
          type={on ? 'primary' : 'default'}
          ghost={on}
          icon={<BlockOutlined />}
          aria-pressed={on}
          disabled={blind || allowed.disabled === true}
          onClick={press}
        >
          {t('drape.title')}
        </Button>
      </Tooltip>
      {on && <Strength />}
      {on && fault && <span className="turntold no">{t('drape.failed', { why: fault })}</span>}
    </div>
  );
}
