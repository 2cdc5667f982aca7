import { Modal } from 'antd';
import { useTranslation } from 'react-i18next';

export function HelpOverlay({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const rows: [string[], string][] = [
    [['/'], t('help.search')],
    [['1', '2', '3'], t('help.choose')],
    [['↑', '↓'], t('help.list')],
    [['Esc'], t('help.clear')],
    [['↑', '↓', '←', '→', 'Enter'], t('picture.help')],
    [['W', 'A', 'S', 'D'], t('help.pan')],
    [['+', '−'], t('help.zoom')],
    [['Q', 'E'], t('help.rotate')],
    [['R', 'F'], t('help.tilt')],
    [['Home'], t('help.home')],
    [['N'], t('help.north')],
    [['V', 'M', 'P', 'H', 'L'], t('help.tools')],
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
