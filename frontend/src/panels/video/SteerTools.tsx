import { DragOutlined, HomeOutlined, MinusOutlined, PlusOutlined, PushpinOutlined } from '@ant-design/icons';
import { Button, Dropdown, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Steer } from './useSteer';

interface SteerToolsProps {
  steer: Steer;
  on: boolean;
  onSwitch: (on: boolean) => void;
}

/** Beside the picture of a PTZ camera: whether it follows the hand, nearer, farther, home, presets. */
export function SteerTools({ steer, on, onSwitch }: SteerToolsProps) {
  const { t } = useTranslation();
  const presets = steer.seen?.presets ?? [];
  const buttons = [
    { icon: <PlusOutlined />, label: t('ptz.in'), press: () => steer.key('+') },
    { icon: <MinusOutlined />, label: t('ptz.out'), press: () => steer.key('-') },
    { icon: <HomeOutlined />, label: t('ptz.home'), press: () => steer.order({ move: 'home' }) },
  ];
  return (
    <div className="steer" role="toolbar" aria-label={t('ptz.title')}>
      <Tooltip title={t(on ? 'ptz.on' : 'ptz.off')} placement="left">
        <Button
          size="small"
          type={on ? 'primary' : 'text'}
          icon={<DragOutlined />}
          aria-label={t(on ? 'ptz.on' : 'ptz.off')}
          aria-pressed={on}
          onClick={() => onSwitch(!on)}
        />
      </Tooltip>
      {on && (
        <>
          {buttons.map(({ icon, label, press }) => (
            <Tooltip key={label} title={label} placement="left">
              <Button size="small" type="text" icon={icon} aria-label={label} onClick={press} />
            </Tooltip>
          ))}
          <Dropdown
            trigger={['click']}
            menu={{
              items:
                presets.length > 0
                  ? presets.map((name) => ({ key: name, label: name }))
                  : [{ key: '', label: t('ptz.noPresets'), disabled: true }],
              onClick: ({ key }) => steer.order({ move: 'preset', name: key }),
            }}
          >
            <Button size="small" type="text" icon={<PushpinOutlined />} aria-label={t('ptz.presets')} />
          </Dropdown>
        </>
      )}
    </div>
  );
}
