import {
  BarChartOutlined,
  DatabaseOutlined,
  EyeInvisibleOutlined,
  HistoryOutlined,
  ImportOutlined,
  VideoCameraAddOutlined,
  WarningOutlined,
} from '@ant-design/icons';
import { Button, Dropdown } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Desk } from '../../model/cityState';
import { may } from '../../model/doorState';
import { useApp, useAppContext } from '../app';

/** Work with the city's data, kept apart from watching it. */
export function DataMenu() {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const desk = useApp((state) => state.desk);
  const account = useApp((state) => state.account);
  const item = (key: string, icon: ReactNode, label: string, action: string, kind: string) =>
    may(account, action, kind)
      ? { key, icon, label }
      : { key, icon, label, disabled: true, title: t('door.notAllowed') };
  const works: Record<string, Desk> = {
    load: { kind: 'load' },
    camera: { kind: 'camera', camera: null },
    conflicts: { kind: 'conflicts' },
    coverage: { kind: 'coverage' },
    privacy: { kind: 'privacy' },
    history: { kind: 'history' },
  };
  return (
    <Dropdown
      trigger={['click']}
      placement="bottomRight"
      menu={{
        selectedKeys: desk ? [desk.kind] : [],
        onClick: ({ key }) => store.getState().setDesk(works[key] ?? null),
        items: [
          item('load', <ImportOutlined />, t('desk.load'), 'create', 'camera'),
          item('camera', <VideoCameraAddOutlined />, t('desk.newCamera'), 'create', 'camera'),
          item('conflicts', <WarningOutlined />, t('desk.conflicts'), 'see', 'camera'),
          { type: 'divider' },
          item('coverage', <BarChartOutlined />, t('desk.coverage'), 'see', 'coverage'),
          item('privacy', <EyeInvisibleOutlined />, t('desk.privacy'), 'see', 'privacy-volume'),
          { type: 'divider' },
          item('history', <HistoryOutlined />, t('desk.history'), 'see', 'camera'),
        ],
      }}
    >
      <Button type={desk && desk.kind in works ? 'primary' : 'text'} id="data-menu" icon={<DatabaseOutlined />}>
        {t('desk.menu')}
      </Button>
    </Dropdown>
  );
}
