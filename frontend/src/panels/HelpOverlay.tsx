import { Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import { KEYS, MOVE_KEYS } from './incidents/keys';
import { REPLAY_KEY } from './replay/useReplay';
import { VEHICLES_KEY } from './vehicles/keys';
import { WALL_KEY } from './video/wallKey';

export function HelpOverlay({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const rows: [string[], string][] = [
    [['/'], t('help.search')],
    [['1', '2', '3'], t('help.choose')],
    [['↑', '↓'], t('help.list')],
    [['Esc'], t('help.clear')],
    [['Backspace'], t('help.takeBack')],
    [['↑', '↓', '←', '→', 'Enter'], t('picture.help')],
    [[WALL_KEY.toUpperCase()], t('wall.help')],
    [['W', 'A', 'S', 'D'], t('help.pan')],
    [['+', '−'], t('help.zoom')],
    [['Q', 'E'], t('help.rotate')],
    [['R', 'F'], t('help.tilt')],
    [['Home'], t('help.home')],
    [['N'], t('help.north')],
    [['V', 'M', 'P', 'H', 'L'], t('help.tools')],
    [[KEYS.queue], t('incident.help.queue')],
    [[VEHICLES_KEY], t('vehicle.help')],
    [[KEYS.next, KEYS.previous], t('incident.help.walk')],
    [[MOVE_KEYS.accept], t('incident.help.accept')],
    [[MOVE_KEYS.dispatch], t('incident.help.dispatch')],
    [[MOVE_KEYS.arrive], t('incident.help.arrive')],
    [[MOVE_KEYS.resolve, MOVE_KEYS.close], t('incident.help.end')],
    [[KEYS.pictures], t('incident.help.pictures')],
    [[KEYS.note], t('incident.help.note')],
    [[KEYS.supervise], t('incident.help.supervise')],
    [[REPLAY_KEY], t('replay.help.open')],
    [['Space'], t('replay.help.play')],
    [['←', '→'], t('replay.help.step')],
    [['L'], t('replay.help.live')],
    [['Ctrl', 'Z'], t('edit.undo')],
    [['Ctrl', 'Shift', 'Z'], t('edit.redo')],
    [['?'], t('help.help')],
  ];
  return (
    <Modal open={open} onCancel={onClose} footer={null} title={t('help.title')} width={460}>
      <dl className="facts-table help">
        {rows.map(([keys, action]) => (
          <div key={action} style={{ display: 'contents' }}>
            <dt>
              {keys.map((key) => (
                <kbd key={key} style={{ marginRight: 4 }}>
                  {key}
                </kbd>
              ))}
            </dt>
            <dd>{action}</dd>
          </div>
        ))}
        <dt>{t('help.mouse')}</dt>
        <dd>{t('help.mouseText')}</dd>
      </dl>
    </Modal>
  );
}
