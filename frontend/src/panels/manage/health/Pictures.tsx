import { Image } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CameraHealthDetail, HealthPicture } from '../../../api/health';
import { useHealthWords } from '../../health/words';

/** The picture that is shown first: the newest of a fault that the camera has, else the newest. */
export function firstPicture({ pictures, faults }: Pick<CameraHealthDetail, 'pictures' | 'faults'>): number {
  const at = pictures.findIndex(({ fault }) => fault !== null && faults.includes(fault));
  return Math.max(0, at);
}

function Shot({ picture, caption, none }: { picture: { href: string } | undefined; caption: string; none: string }) {
  const { t } = useTranslation();
  const [failed, setFailed] = useState('');
  const lost = picture !== undefined && failed === picture.href;
  return (
    <figure>
      {picture && !lost ? (
        <Image
          src={picture.href}
          alt={caption}
          preview={{ cover: t('health.enlarge') }}
          onError={() => setFailed(picture.href)}
        />
      ) : (
        <div className="nopicture soft">{lost ? t('picture.failed') : none}</div>
      )}
      <figcaption>{caption}</figcaption>
    </figure>
  );
}

/** What was photographed of the fault, beside the picture when all was well. */
export function Pictures({ detail }: { detail: CameraHealthDetail }) {
  const { t } = useTranslation();
  const words = useHealthWords();
  const { pictures, reference } = detail;
  const [chosen, setChosen] = useState<string | null>(null);
  const shown = pictures.find(({ href }) => href === chosen) ?? pictures[firstPicture(detail)];
  const about = ({ fault, at }: HealthPicture) =>
    `${fault ? words.fault(fault) : t('health.plainPicture')} · ${words.moment(at)}`;
  return (
    <>
      <div className="picturepair" id="health-pictures">
        <Shot
          picture={shown}
          caption={shown ? about(shown) : t('health.latest')}
          none={t(detail.online === false ? 'health.noPictureOffline' : 'health.noPicture')}
        />
        <Shot
          picture={reference ?? undefined}
          caption={reference ? t('health.referenceAt', { time: words.moment(reference.at) }) : t('health.reference')}
          none={t('health.noReference')}
        />
      </div>
      {pictures.length > 1 && (
        <div className="thumbs">
          {pictures.map((picture) => (
            <button
              key={picture.href}
              type="button"
              aria-pressed={picture === shown}
              title={about(picture)}
              onClick={() => setChosen(picture.href)}
            >
              <img src={picture.href} alt={about(picture)} loading="lazy" />
            </button>
          ))}
        </div>
      )}
    </>
  );
}
