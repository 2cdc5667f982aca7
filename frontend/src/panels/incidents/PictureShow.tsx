import { DeleteOutlined, LeftOutlined, RightOutlined } from '@ant-design/icons';
import { Button, Modal, Popconfirm } from 'antd';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { IncidentPicture } from '../../api/situation';
import { beside } from '../../model/sentPictures';
import { useAppContext, useLang } from '../app';
import { moment } from '../desk/historyWords';

interface Show {
  incident: string;
  pictures: readonly IncidentPicture[];
  at: number;
  onGo: (at: number | null) => void;
  onRemove: (picture: IncidentPicture) => void;
}

/** One picture as large as the window is; arrows go on, Esc closes. */
export function PictureShow({ incident, pictures, at, onGo, onRemove }: Show) {
  const { t } = useTranslation();
  const lang = useLang();
  const { api } = useAppContext();
  const shown = pictures[at];
  const count = pictures.length;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) onGo(beside(at, step, count));
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [at, count, onGo]);
  if (!shown) return null;
  const told = [shown.by, moment(shown.at, lang), `${shown.width_px} × ${shown.height_px}`].join(' · ');
  return (
    <Modal
      open
      centered
      width="min(1200px, 92vw)"
      title={t('photo.nth', { nth: at + 1, count })}
      onCancel={() => onGo(null)}
      footer={
        <div className="row" id="picture-show">
          <Button
            type="text"
            icon={<LeftOutlined />}
            aria-label={t('photo.previous')}
            disabled={count < 2}
            onClick={() => onGo(beside(at, -1, count))}
          />
          <Button
            type="text"
            icon={<RightOutlined />}
            aria-label={t('photo.next')}
            disabled={count < 2}
            onClick={() => onGo(beside(at, 1, count))}
          />
          <span className="grow soft" style={{ textAlign: 'left' }}>
            {told}
          </span>
          {shown.removable && (
            <Popconfirm
              title={t('photo.removeSure')}
              okText={t('photo.remove')}
              cancelText={t('edit.cancel')}
              onConfirm={() => onRemove(shown)}
            >
              <Button danger size="small" icon={<DeleteOutlined />}>
                {t('photo.remove')}
              </Button>
            </Popconfirm>
          )}
        </div>
      }
    >
      <img className="photo-whole" src={api.pictureUrl(incident, shown.id, 'whole')} alt={told} />
    </Modal>
  );
}
