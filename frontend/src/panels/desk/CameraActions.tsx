import { BlockOutlined, CompassOutlined, EditOutlined } from '@ant-design/icons';
import { Alert, Button } from 'antd';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { CameraSummary } from '../../api/types';
import { bearing } from '../../model/geodesy';
import { useApp, useAppContext } from '../app';
import { useAllowed } from '../may';
import { useEdits } from './edits';

/** One click on the map says where a camera looks. */
function useDirection(camera: CameraSummary): boolean {
  const { store } = useAppContext();
  const edits = useEdits();
  const { id } = camera;
  const asking = useApp((state) => state.task?.kind === 'direction' && state.task.camera === id);
  const picked = useApp((state) => state.picked);
  useEffect(() => {
    if (!asking || !picked) return;
    const heading = Math.round(bearing(camera, picked) * 10) / 10;
    store.getState().setTool('select');
    void edits.patch(id, { heading: heading % 360 });
  }, [asking, picked, camera, id, edits, store]);
  return asking;
}

/** What may be done with the chosen camera's record. */
export function CameraActions({ camera }: { camera: CameraSummary }) {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const asking = useDirection(camera);
  const unknown = camera.heading === null;
  const allowed = useAllowed('change', 'camera');
  const state = store.getState();
  return (
    <>
      <div className="row" id="camera-actions" style={{ display: 'flex', gap: 8, marginBottom: 10 }}>
        <Button
          size="small"
          type={unknown ? 'primary' : 'default'}
          id="set-direction"
          icon={<CompassOutlined />}
          {...allowed}
          onClick={() => (asking ? state.setTool('select') : state.startTask({ kind: 'direction', camera: camera.id }))}
        >
          {t(unknown ? 'edit.setDirection' : 'edit.changeDirection')}
        </Button>
        <Button
          size="small"
          icon={<EditOutlined />}
          {...allowed}
          onClick={() => state.setDesk({ kind: 'camera', camera: camera.id })}
        >
          {t('edit.edit')}
        </Button>
        <Button
          size="small"
          icon={<BlockOutlined />}
          onClick={() => state.setDesk({ kind: 'compare', a: camera.id, b: null })}
        >
          {t('compare.title')}
        </Button>
      </div>
      {asking && <Alert type="info" showIcon title={t('edit.clickDirection')} style={{ marginBottom: 10 }} />}
    </>
  );
}
