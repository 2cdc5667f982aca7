import { useTranslation } from 'react-i18next';
import { useApp } from '../app';

/** On a picture, or news, while the past is shown: it is of now. */
export function VideoNow({ title }: { title?: string }) {
  const { t } = useTranslation();
  const past = useApp((state) => state.replay !== null);
  if (!past) return null;
  return (
    <span className="video-now" title={title ?? t('replay.videoLive')}>
      {t('replay.liveNow')}
    </span>
  );
}
