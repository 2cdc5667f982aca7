import { Select } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp, useLang } from '../../app';
import { titleOf } from '../../cameraTree';

/** More than this nobody reads through. */
const MOST = 60;

/** One camera, found by its name or number. */
export function CameraPick({ value, onChange }: { value: string | null; onChange: (camera: string) => void }) {
  const { t } = useTranslation();
  const lang = useLang();
  const cameras = useApp((state) => state.cameras);
  const [text, setText] = useState('');
  const options = useMemo(() => {
    const wanted = text.trim().toLowerCase();
    const found = [];
    for (const camera of cameras.values()) {
      if (found.length >= MOST) break;
      const inside = `${camera.name} ${camera.name_en} ${camera.id}`.toLowerCase();
      if (camera.id === value || inside.includes(wanted)) {
        found.push({ value: camera.id, label: titleOf(camera, lang) });
      }
    }
    return found;
  }, [cameras, text, value, lang]);
  return (
    <Select
      id="order-camera"
      size="small"
      showSearch={{ filterOption: false, onSearch: setText }}
      aria-label={t('health.camera')}
      placeholder={t('order.whichCamera')}
      value={value}
      options={options}
      onChange={onChange}
      style={{ width: '100%' }}
    />
  );
}
