import { CloseOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { typing } from '../keyboard';

interface Props {
  id: string;
  title: ReactNode;
  label: string;
  onClose: () => void;
  wide?: boolean;
  children: ReactNode;
}

/** Dialogs, lists that are folded out and questions at buttons have Esc to themselves. */
const ABOVE =
  '.ant-modal-wrap, .ant-popover, .ant-select-dropdown, .ant-dropdown, .ant-picker-dropdown, .ant-image-preview';

function somethingAbove(): boolean {
  return [...document.querySelectorAll<HTMLElement>(ABOVE)].some((element) => element.checkVisibility());
}

/** A drawer over the right of a page; the list beside it stays in reach. Esc puts it away. */
export function SidePane({ id, title, label, onClose, wide = false, children }: Props) {
  const { t } = useTranslation();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !typing(event.target) && !somethingAbove()) onClose();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [onClose]);
  return (
    <section className={`sidepane${wide ? ' wide' : ''}`} id={id} aria-label={label}>
      <header>
        <h2>{title}</h2>
        <Button
          type="text"
          size="small"
          icon={<CloseOutlined />}
          aria-label={t('manage.close')}
          title={t('health.closeHint')}
          onClick={onClose}
        />
      </header>
      <div className="body">{children}</div>
    </section>
  );
}
