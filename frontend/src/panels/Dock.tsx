import { ArrowLeftOutlined, CloseOutlined } from '@ant-design/icons';
import { Button, Tooltip } from 'antd';
import type { ReactNode } from 'react';

interface DockProps {
  side: 'left' | 'right';
  title: ReactNode;
  extra?: ReactNode;
  closeLabel: string;
  onClose: () => void;
  /** given when closing leads back to what stood here before */
  back?: boolean;
  children: ReactNode;
}

/** A panel at the edge of the scene, with a title and a way to put it away. */
export function Dock({ side, title, extra, closeLabel, onClose, back = false, children }: DockProps) {
  return (
    <section className={`dock ${side}`} aria-label={typeof title === 'string' ? title : undefined}>
      <header>
        {back && (
          <Button
            type="text"
            size="small"
            icon={<ArrowLeftOutlined />}
            aria-label={closeLabel}
            title={closeLabel}
            onClick={onClose}
          />
        )}
        <h2>{title}</h2>
        {extra}
        {!back && (
          <Tooltip title={closeLabel}>
            <Button type="text" size="small" icon={<CloseOutlined />} aria-label={closeLabel} onClick={onClose} />
          </Tooltip>
        )}
      </header>
      {children}
    </section>
  );
}
