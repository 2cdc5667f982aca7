import { SyncOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { App as AntApp, Button, Dropdown, Tooltip } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PtzSeen } from '../../api/streams';
import type { LinkAnswer } from '../../api/types';
import { useAppContext, useLang } from '../app';
import { titleOf } from '../cameraTree';
import { distance } from '../format';
import { useAllowed } from '../may';
import { ptzKey } from './queries';
import { movedWords, whyNotTurned } from './words';

/** "Look there": turns a PTZ camera to the clicked place, opens its picture, and tells what came of it. */
export function TurnThere({ answer }: { answer: LinkAnswer }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { store, api } = useAppContext();
  const client = useQueryClient();
  const { message } = AntApp.useApp();
  const allowed = useAllowed('aim', 'camera');
  const [busy, setBusy] = useState(false);
  const turning = answer.cameras.filter(({ visible, aim }) => visible && aim);
  const turn = async (camera: string) => {
    const { lon, lat, height } = answer.place;
    setBusy(true);
    if (!store.getState().wall) store.getState().openPicture(camera);
    try {
      const moved = await api.steer(camera, { move: 'place', lon, lat, height });
      client.setQueryData<PtzSeen>(ptzKey(camera), (before) => before && { ...before, aim: moved.aim });
      if (moved.reached === false) message.warning(movedWords(moved, lang, t), 8);
      else message.success(movedWords(moved, lang, t));
    } catch (error) {
      message.error(whyNotTurned(error as Error, lang, t), 8);
    } finally {
      setBusy(false);
    }
  };
  const help = allowed.title ?? t(turning.length > 0 ? 'ptz.thereHelp' : 'ptz.thereNone');
  return (
    <Dropdown
      trigger={['click']}
      disabled={allowed.disabled === true || turning.length === 0}
      menu={{
        items: turning.slice(0, 8).map((camera) => ({
          key: camera.camera,
          label: `${titleOf(camera, lang)} · ${distance(camera.distance_m, lang)}`,
        })),
        onClick: ({ key }) => void turn(key),
      }}
    >
      <Tooltip title={help}>
        <Button
          size="small"
          type="text"
          id="turn-there"
          icon={<SyncOutlined spin={busy} />}
          aria-label={t('ptz.there')}
        >
          {t('ptz.there')}
        </Button>
      </Tooltip>
    </Dropdown>
  );
}
