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
import { useTranslation } from 'react-i18next';
import type { Desk } from '../../model/cityState';
import { useApp, useAppContext } from '../app';

/** Work with the city's data, kept apart from watching it. */
export function DataMenu() {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const desk = useApp((state) => state.desk);
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
          { key: 'load', icon: <ImportOutlined />, label: t('desk.load') },
          { key: 'camera', icon: <VideoCameraAddOutlined />, label: t('desk.newCamera') },
          { key: 'conflicts', icon: <WarningOutlined />, label: t('desk.conflicts') },
          { type: 'divider' },
          { key: 'coverage', icon: <BarChartOutlined />, label: t('desk.coverage') },
          { key: 'privacy', icon: <EyeInvisibleOutlined />, label: t('desk.privacy') },
          { type: 'divider' },
          { key: 'history', icon: <HistoryOutlined />, label: t('desk.history') },
        ],
      }}
    >
      <Button type={desk ? 'primary' : 'text'} id="data-menu" icon={<DatabaseOutlined />}>
        {t('desk.menu')}
      </Button>
    </Dropdown>
  );
}
