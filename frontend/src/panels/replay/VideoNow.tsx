import { useTranslation } from 'react-i18next';
import { useApp } from '../app';

/** On a picture while the past is shown: it is of now. */
export function VideoNow() {
  const { t } = useTranslation();
  const past = useApp((state) => state.replay !== null);
  if (!past) return null;
  return (
    <span className="video-now" title={t('replay.videoLive')}>
      {t('replay.liveNow')}
    </span>
  );
}
