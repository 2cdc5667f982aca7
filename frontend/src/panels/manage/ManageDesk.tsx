import {
  BarChartOutlined,
  HeartOutlined,
  HistoryOutlined,
  SafetyOutlined,
  TeamOutlined,
  ToolOutlined,
} from '@ant-design/icons';
import { Empty } from 'antd';
import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { type ManagePage, managePages } from '../../model/doorState';
import { useApp, useAppContext } from '../app';
import { AssessmentPage } from './assessment/AssessmentPage';
import { HealthPage } from './health/HealthPage';
import { JournalPage } from './journal/JournalPage';
import { OrdersPage } from './orders/OrdersPage';
import { PeoplePage } from './people/PeoplePage';
import { RolesPage } from './roles/RolesPage';

const ICONS: Record<ManagePage, ReactNode> = {
  health: <HeartOutlined />,
  orders: <ToolOutlined />,
  assessment: <BarChartOutlined />,
  people: <TeamOutlined />,
  roles: <SafetyOutlined />,
  journal: <HistoryOutlined />,
};

const PAGES: Record<ManagePage, () => ReactNode> = {
  health: HealthPage,
  orders: OrdersPage,
  assessment: AssessmentPage,
  people: PeoplePage,
  roles: RolesPage,
  journal: JournalPage,
};

/** Beside the journal the map stays, in what room is left: its rows are about places. */
function useMapAtRight(on: boolean): void {
  useEffect(() => {
    document.body.classList.toggle('map-at-right', on);
    return () => document.body.classList.remove('map-at-right');
  }, [on]);
}

/** The Manage workspace: how the cameras are, who works here, what they may do, and what was done. */
export function ManageDesk() {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const open = useApp((state) => state.workspace === 'manage');
  const wanted = useApp((state) => state.managePage);
  const account = useApp((state) => state.account);
  const pages = managePages(account);
  const page = pages.includes(wanted) ? wanted : pages[0];
  useMapAtRight(open && page === 'journal');
  if (!open) return null;
  const Page = page && PAGES[page];
  return (
    <main className={`manage${page === 'journal' ? ' beside-map' : ''}`} id="manage" aria-label={t('manage.title')}>
      <nav aria-label={t('manage.title')}>
        {pages.map((name) => (
          <button
            key={name}
            type="button"
            data-page={name}
            aria-current={name === page ? 'page' : undefined}
            onClick={() => store.getState().setManagePage(name)}
          >
            {ICONS[name]} {t(`manage.${name}`)}
          </button>
        ))}
      </nav>
      <section className="managepage" data-page={page}>
        {Page ? <Page /> : <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('manage.nothing')} />}
      </section>
    </main>
  );
}
