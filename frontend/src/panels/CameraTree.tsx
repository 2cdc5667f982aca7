import { AimOutlined, DownloadOutlined, SortAscendingOutlined } from '@ant-design/icons';
import { Button, Dropdown, Empty, Input, Segmented, Tag, Tooltip, Tree } from 'antd';
import type { DataNode } from 'antd/es/tree';
import { useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CameraSummary, Tier } from '../api/types';
import { shownCameras } from '../model/filter';
import { useApp, useAppContext, useLang } from './app';
import { areaName } from './areaNames';
import { type Branch, buildTree, type Grouping, type Order, titleOf } from './cameraTree';
import { Dock } from './Dock';
import { download, toCsv, toGeojson } from './exportCameras';
import { count, type Lang } from './format';
import { CameraMark } from './health/ConditionMark';
import { TierDot } from './TierDot';
import { carryCamera } from './video/cameraDrag';

type Node = DataNode & { camera?: CameraSummary; filter?: { key: string } };

function nodes(branches: Branch[], lang: Lang): Node[] {
  return branches.map((branch) => ({
    key: branch.key,
    title: (
      <span className="node">
        <span className="name" title={branch.title}>
          {branch.title}
        </span>
        <span className="n">{count(branch.count, lang)}</span>
      </span>
    ),
    children: [
      ...nodes(branch.children, lang),
      ...branch.cameras.map(
        (camera): Node => ({
          key: `camera:${camera.id}`,
          camera,
          isLeaf: true,
          title: (
            <span className="node">
              <TierDot tier={camera.tier} unknown={camera.heading === null && camera.type === 'fixed'} />
              <span className="name" title={titleOf(camera, lang)}>
                {titleOf(camera, lang)}
              </span>
              <CameraMark camera={camera.id} />
            </span>
          ),
        }),
      ),
    ],
  }));
}

/** Height of an element, followed as the window changes. */
function useHeight() {
  const [height, setHeight] = useState(400);
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setHeight(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { ref, height };
}

const TIERS: readonly Tier[] = [1, 2, 3];

export function CameraTree({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const cameras = useApp((state) => state.cameras);
  const areas = useApp((state) => state.areas);
  const filters = useApp((state) => state.filters);
  const selection = useApp((state) => state.selection);
  const wall = useApp((state) => state.wall !== null);
  const [grouping, setGrouping] = useState<Grouping>('area');
  const [order, setOrder] = useState<Order>('name');
  const text = useDeferredValue(filters.text);
  const wrap = useHeight();

  const shown = useMemo(() => shownCameras(cameras, { ...filters, text }), [cameras, filters, text]);
  const tree = useMemo(
    () =>
      nodes(
        buildTree(shown, areas, grouping, order, lang, {
          unassigned: t('tree.unassigned'),
          noOwner: t('tree.noOwner'),
          tier: (tier) => t(`tier.${tier as Tier}`),
        }),
        lang,
      ),
    [shown, areas, grouping, order, lang, t],
  );
  const changed =
    filters.text !== '' ||
    filters.area !== null ||
    filters.owner !== null ||
    TIERS.some((tier) => !filters.tiers[tier]);
  const { setFilters, select, goTo } = store.getState();

  const fly = (camera: CameraSummary) =>
    goTo({ lon: camera.lon, lat: camera.lat, height: camera.height, range: camera.tier === 1 ? 2500 : 500 });

  const exportAs = (kind: string) =>
    kind === 'csv'
      ? download('cameras.csv', 'text/csv;charset=utf-8', toCsv(shown))
      : download('cameras.geojson', 'application/geo+json', toGeojson(shown));

  return (
    <Dock
      side="left"
      title={
        <>
          {t('tree.title')}{' '}
          <span className="soft">
            {t('tree.count', { shown: count(shown.length, lang), total: count(cameras.size, lang) })}
          </span>
        </>
      }
      extra={
        <>
          <Tooltip title={t('tree.sort')}>
            <Dropdown
              trigger={['click']}
              menu={{
                selectedKeys: [order],
                onClick: ({ key }) => setOrder(key as Order),
                items: [
                  { key: 'name', label: t('tree.byName') },
                  { key: 'count', label: t('tree.byCount') },
                ],
              }}
            >
              <Button type="text" size="small" icon={<SortAscendingOutlined />} aria-label={t('tree.sort')} />
            </Dropdown>
          </Tooltip>
          <Tooltip title={t('tree.export')}>
            <Dropdown
              trigger={['click']}
              menu={{
                onClick: ({ key }) => exportAs(key),
                items: [
                  { key: 'csv', label: t('tree.exportCsv') },
                  { key: 'geojson', label: t('tree.exportGeojson') },
                ],
              }}
            >
              <Button type="text" size="small" icon={<DownloadOutlined />} aria-label={t('tree.export')} />
            </Dropdown>
          </Tooltip>
        </>
      }
      closeLabel={t('tree.hide')}
      onClose={onClose}
    >
      <div className="controls">
        <Segmented<Grouping>
          block
          value={grouping}
          onChange={setGrouping}
          options={[
            { value: 'area', label: t('tree.area') },
            { value: 'owner', label: t('tree.owner') },
            { value: 'tier', label: t('tree.tier') },
          ]}
        />
        <Input
          allowClear
          value={filters.text}
          placeholder={t('tree.filter')}
          aria-label={t('tree.filter')}
          onChange={(event) => setFilters({ text: event.target.value })}
        />
        <div className="row">
          {TIERS.map((tier) => (
            <Tooltip key={tier} title={t(`tier.${tier}`)}>
              <Button
                size="small"
                className="grow"
                type={filters.tiers[tier] ? 'default' : 'text'}
                aria-pressed={filters.tiers[tier]}
                style={{ opacity: filters.tiers[tier] ? 1 : 0.5 }}
                icon={<TierDot tier={tier} />}
                onClick={() => setFilters({ tiers: { ...filters.tiers, [tier]: !filters.tiers[tier] } })}
              >
                {t(`tier.short${tier}`)}
              </Button>
            </Tooltip>
          ))}
        </div>
      </div>
      {filters.area !== null && (
        <div className="controls">
          <Tag closable onClose={() => setFilters({ area: null })} style={{ alignSelf: 'flex-start' }}>
            {areaName(filters.area, areas, lang) || t('tree.area')}
          </Tag>
        </div>
      )}
      <div className="treewrap" ref={wrap.ref}>
        {shown.length === 0 ? (
          <Empty
            image={Empty.PRESENTED_IMAGE_SIMPLE}
            description={
              <>
                {t('tree.empty')}
                <br />
                <span className="soft">{t('tree.emptyHelp')}</span>
              </>
            }
          >
            {changed && (
              <Button
                size="small"
                onClick={() => setFilters({ text: '', area: null, owner: null, tiers: { 1: true, 2: true, 3: true } })}
              >
                {t('tree.clear')}
              </Button>
            )}
          </Empty>
        ) : (
          <Tree<Node>
            key={grouping}
            blockNode
            virtual
            height={wrap.height - 8}
            itemHeight={26}
            treeData={tree}
            expandAction="click"
            draggable={wall ? { icon: false, nodeDraggable: (node) => (node as Node).camera !== undefined } : false}
            allowDrop={() => false}
            onDragStart={({ event, node }) => node.camera && carryCamera(event, node.camera.id)}
            selectedKeys={selection?.kind === 'camera' ? [`camera:${selection.id}`] : []}
            onSelect={(_, { node }) => node.camera && select({ kind: 'camera', id: node.camera.id })}
            onDoubleClick={(_, node) => {
              const camera = (node as unknown as Node).camera;
              if (camera) fly(camera);
            }}
          />
        )}
      </div>
      {selection?.kind === 'camera' && cameras.get(selection.id) && (
        <div className="controls">
          <Button
            size="small"
            icon={<AimOutlined />}
            onClick={() => {
              const camera = cameras.get(selection.id);
              if (camera) fly(camera);
            }}
          >
            {t('camera.fly')}
          </Button>
        </div>
      )}
    </Dock>
  );
}
