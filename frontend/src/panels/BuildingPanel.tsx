import { VideoCameraOutlined } from '@ant-design/icons';
import { Button, Skeleton } from 'antd';
import { useTranslation } from 'react-i18next';
import { useApp, useAppContext, useLang } from './app';
import { areaName } from './areaNames';
import { titleOf } from './cameraTree';
import { height } from './format';
import { useBuilding } from './queries';
import { Trouble } from './Trouble';

/** What is known of the clicked building, above the cameras that see the clicked place. */
export function BuildingPanel({ id }: { id: string }) {
  const { t, i18n } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const areas = useApp((state) => state.areas);
  const { data, error, isPending, refetch } = useBuilding(id);
  if (error) return <Trouble error={error} retry={() => refetch()} />;
  if (isPending) return <Skeleton active title={{ width: '50%' }} paragraph={{ rows: 3 }} />;
  const use = i18n.exists(`building.kinds.${data.use}`) ? t(`building.kinds.${data.use}`) : data.use;
  const rows: [string, string][] = [
    [t('building.address'), data.address],
    [t('building.use'), use],
    [t('building.storeys'), data.storeys === null ? '' : t('building.storeysValue', { count: data.storeys })],
    [t('building.height'), height(data.height_m, lang)],
    [t('building.area'), areaName(data.area, areas, lang)],
  ];
  return (
    <div id="building-panel" data-building={id}>
      <strong>{titleOf(data, lang) || data.address || t('building.unnamed')}</strong>
      <dl className="facts-table" style={{ margin: '6px 0 10px' }}>
        {rows
          .filter(([, value]) => value)
          .map(([label, value]) => (
            <div key={label} style={{ display: 'contents' }}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
      <Button
        size="small"
        icon={<VideoCameraOutlined />}
        onClick={() => store.getState().setClick({ lon: data.lon, lat: data.lat, height: data.roof, source: 'search' })}
      >
        {t('building.whoSees')}
      </Button>
    </div>
  );
}
