import { CameraOutlined, ScissorOutlined } from '@ant-design/icons';
import { App as AntApp, Button, Tooltip } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/client';
import type { StreamRole } from '../../api/streams';
import { useAppContext } from '../app';
import { saveBlob } from '../exportCameras';
import type { Video } from './useVideo';

const CLIP_S = 30;

const stamp = () => {
  const at = new Date(Date.now() - new Date().getTimezoneOffset() * 60_000).toISOString();
  return at.slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
};

/** Files of what is seen: a snapshot, and the last seconds. */
export function SaveTools({ video, name }: { video: Video; name: string }) {
  const { t } = useTranslation();
  const { api } = useAppContext();
  const { message } = AntApp.useApp();
  const [busy, setBusy] = useState<'jpg' | 'mp4' | null>(null);
  const { session } = video;
  const save = async (kind: 'jpg' | 'mp4') => {
    if (!session) return;
    setBusy(kind);
    try {
      const { camera, session: id } = session;
      const blob = await (kind === 'jpg' ? api.snapshot(camera, id) : api.clip(camera, id, CLIP_S));
      saveBlob(`${t('video.file', { name, time: stamp() })}.${kind}`, blob);
    } catch (error) {
      message.error(t('video.failed', { why: error instanceof ApiError ? error.message : t('error.offline') }));
    } finally {
      setBusy(null);
    }
  };
  const tools = [
    { kind: 'jpg', icon: <CameraOutlined />, label: t('video.snapshot') },
    { kind: 'mp4', icon: <ScissorOutlined />, label: t('video.clip', { seconds: CLIP_S }) },
  ] as const;
  if (!session) return null;
  return tools.map(({ kind, icon, label }) => (
    <Tooltip key={kind} title={label}>
      <Button
        size="small"
        type="text"
        icon={icon}
        loading={busy === kind}
        disabled={kind === 'mp4' && !video.showing}
        aria-label={label}
        data-save={kind}
        onClick={() => void save(kind)}
      />
    </Tooltip>
  ));
}

/** Which of two streams is shown, and the way to the other. */
export function RoleSwitch({ video, onChange }: { video: Video; onChange: (role: StreamRole) => void }) {
  const { t } = useTranslation();
  const roles = new Set(video.info?.streams.map(({ role }) => role));
  const now = video.stream?.role;
  // Where another is shown instead, it is chosen there.
  if (roles.size < 2 || !now || (video.way && video.way.stream !== video.stream?.id)) return null;
  const other = now === 'main' ? 'sub' : 'main';
  const label = t('video.switch', { now: t(`video.${now}`), other: t(`video.${other}`) });
  return (
    <Tooltip title={label}>
      <Button size="small" type="text" aria-label={label} data-role={now} onClick={() => onChange(other)}>
        {now === 'main' ? 'HD' : 'SD'}
      </Button>
    </Tooltip>
  );
}
