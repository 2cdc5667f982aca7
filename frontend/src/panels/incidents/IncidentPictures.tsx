import { PlusOutlined } from '@ant-design/icons';
import { Alert, Button } from 'antd';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { IncidentPicture } from '../../api/situation';
import { PICTURE_TYPES, whyUnsent } from '../../model/sentPictures';
import { useAppContext, useLang } from '../app';
import { moment } from '../desk/historyWords';
import { useAllowed } from '../may';
import { PictureShow } from './PictureShow';
import { usePictures } from './usePictures';

/** The photographs of an incident: added by a button, by dropping and by pasting; a click shows one large. */
export function IncidentPictures({ id, pictures }: { id: string; pictures: readonly IncidentPicture[] }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { api } = useAppContext();
  const allowed = useAllowed('note', 'incident');
  const { send, remove, sending, trouble, forget } = usePictures(id);
  const [shown, setShown] = useState<number | null>(null);
  const [over, setOver] = useState(false);
  const file = useRef<HTMLInputElement>(null);
  const may = !allowed.disabled;
  const take = useCallback(
    (files: Iterable<File>) => {
      if (may) void send([...files]);
    },
    [may, send],
  );
  useEffect(() => {
    const paste = ({ clipboardData }: ClipboardEvent) => {
      const files = [...(clipboardData?.files ?? [])].filter((one) => whyUnsent(one) !== 'type');
      if (files.length > 0) take(files);
    };
    window.addEventListener('paste', paste);
    return () => window.removeEventListener('paste', paste);
  }, [take]);
  if (!may && pictures.length === 0) return null;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: files can also be chosen by the button
    <div
      id="incident-pictures"
      className={over ? 'photos over' : 'photos'}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(may);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer.files);
      }}
    >
      <div className="sectionhead">
        <span>{t('photo.title', { count: pictures.length })}</span>
        <Button
          type="text"
          size="small"
          icon={<PlusOutlined />}
          loading={sending !== null}
          {...allowed}
          onClick={() => file.current?.click()}
        >
          {sending ? t('photo.sending', sending) : t('photo.add')}
        </Button>
        <input
          ref={file}
          hidden
          multiple
          type="file"
          accept={PICTURE_TYPES.join()}
          onChange={({ target }) => {
            take(target.files ?? []);
            target.value = '';
          }}
        />
      </div>
      {trouble && <Alert type="error" showIcon closable={{ onClose: forget }} title={trouble} />}
      <div className="photorow">
        {pictures.map((one, at) => (
          <button
            key={one.id}
            type="button"
            data-picture={one.id}
            title={[one.by, moment(one.at, lang)].join(' · ')}
            aria-label={t('photo.show', { nth: at + 1 })}
            onClick={() => setShown(at)}
          >
            <img src={api.pictureUrl(id, one.id, 'small')} alt="" loading="lazy" />
          </button>
        ))}
        {pictures.length === 0 && <span className="soft">{t('photo.help')}</span>}
      </div>
      {shown !== null && pictures[shown] && (
        <PictureShow
          incident={id}
          pictures={pictures}
          at={shown}
          onGo={setShown}
          onRemove={(one) => {
            setShown(null);
            void remove(one.id);
          }}
        />
      )}
    </div>
  );
}
