import { DeleteOutlined, EditOutlined, PlusOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Form, Input, Popconfirm, Select } from 'antd';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LiveFeature } from '../../api/live';
import type { ZoneFeature, ZoneFields } from '../../api/situation';
import { polygonArea, type Spot } from '../../model/geodesy';
import { type Zone, zoneOf } from '../../model/situationState';
import { useApp, useAppContext, useLang } from '../app';
import { type Column, DataTable } from '../desk/DataTable';
import { type Edits, useEdits } from '../desk/edits';
import { ringOf } from '../desk/volumeValues';
import { surface } from '../format';
import { useAllowed } from '../may';

const WATCHES = ['none', 'enter', 'leave', 'both'] as const;

const cornersOf = ({ geometry }: Zone): Spot[] =>
  (geometry.coordinates[0] ?? []).slice(1).map(([lon = 0, lat = 0]) => ({ lon, lat, height: 0 }));

function middleOf(zone: Zone): { lon: number; lat: number } {
  const corners = cornersOf(zone);
  const mean = (pick: (corner: Spot) => number) => corners.reduce((sum, one) => sum + pick(one), 0) / corners.length;
  return { lon: mean(({ lon }) => lon), lat: mean(({ lat }) => lat) };
}

/** Writes to zones; the answer is drawn at once. */
function useZoneEdits(edits: Edits) {
  const { t } = useTranslation();
  const { api, store } = useAppContext();
  const queries = useQueryClient();
  return useMemo(() => {
    const taken = (answer: ZoneFeature): ZoneFeature => {
      const zone = zoneOf(answer as unknown as LiveFeature);
      store.getState().take({ kind: 'zones', put: [zone], drop: [] });
      store.getState().setZone(zone.id);
      store.getState().setRedo([]);
      void queries.invalidateQueries({ queryKey: ['journal'] });
      return answer;
    };
    return {
      create: (points: readonly Spot[], fields: ZoneFields & { name: string }) =>
        edits.attempt(
          async () => taken(await api.createZone(ringOf(points), fields)),
          () => t('zone.made'),
        ),
      change: ({ id, version }: Zone, fields: ZoneFields) =>
        edits.attempt(
          async () => taken(await api.patchZone(id, version, { properties: fields })),
          () => t('edit.saved'),
        ),
      redraw: ({ id, version }: Zone, points: readonly Spot[]) =>
        edits.attempt(
          async () => taken(await api.patchZone(id, version, { geometry: ringOf(points) })),
          () => t('zone.redrawn'),
        ),
      remove: ({ id, version }: Zone) =>
        edits.attempt(
          async () => {
            const gone = await api.removeZone(id, version);
            store.getState().take({ kind: 'zones', put: [], drop: [id] });
            store.getState().setZone(null);
            void queries.invalidateQueries({ queryKey: ['journal'] });
            return gone;
          },
          () => t('zone.removed'),
        ),
    };
  }, [api, store, queries, edits, t]);
}

type Fields = Required<ZoneFields>;

function ZoneForm({
  id,
  start,
  save,
  more,
}: {
  id: string;
  start: Fields;
  save: (fields: Fields) => void;
  more: React.ReactNode;
}) {
  const { t } = useTranslation();
  const change = useAllowed('change', 'zone');
  return (
    <Form<Fields> name={id} layout="vertical" size="small" initialValues={start} onFinish={save}>
      <Form.Item name="name" label={t('zone.name')} rules={[{ required: true, message: t('zone.nameWanted') }]}>
        <Input maxLength={200} autoFocus={start.name === ''} />
      </Form.Item>
      <Form.Item name="purpose" label={t('zone.purpose')}>
        <Input maxLength={2000} />
      </Form.Item>
      <Form.Item name="watch" label={t('zone.fence')} extra={t('zone.fenceHelp')}>
        <Select options={WATCHES.map((value) => ({ value, label: t(`zone.watch.${value}`) }))} />
      </Form.Item>
      <div className="row">
        <Button type="primary" htmlType="submit" {...change}>
          {t('edit.save')}
        </Button>
        {more}
      </div>
    </Form>
  );
}

interface Outline {
  points: readonly Spot[];
  /** the zone that it is a new outline of; none: of a new zone */
  redrawn: string | undefined;
}

/** The outline that was drawn and waits for its name, or to be kept. */
function useOutline() {
  const { store } = useAppContext();
  const task = useApp((state) => (state.task?.kind === 'zone' ? state.task : undefined));
  const measure = useApp((state) => state.measure);
  const [outline, setOutline] = useState<Outline | null>(null);
  useEffect(() => {
    if (!task || measure?.kind !== 'area' || !measure.done) return;
    setOutline({ points: measure.points, redrawn: task.redrawn });
    store.getState().setTool('select');
  }, [task, measure, store]);
  useEffect(() => {
    const drawn = outline ? ringOf(outline.points) : undefined;
    store.getState().setOutlined(drawn);
    return () => store.getState().setOutlined(undefined);
  }, [outline, store]);
  return { drawing: task !== undefined, outline, clear: () => setOutline(null) };
}

/** Polygons that people draw; some of them are geofences. */
export function Zones() {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const zones = useApp((state) => state.zones);
  const chosen = useApp((state) => state.zone);
  const edits = useEdits();
  const writes = useZoneEdits(edits);
  const { drawing, outline, clear } = useOutline();
  const create = useAllowed('create', 'zone');
  const changing = useAllowed('change', 'zone');
  const removing = useAllowed('remove', 'zone');
  const rows = useMemo(() => [...zones.values()], [zones]);
  const zone = chosen === null ? undefined : zones.get(chosen);
  const size = (one: Zone) => polygonArea(cornersOf(one));
  const columns: Column<Zone>[] = [
    { key: 'name', title: t('zone.name'), value: ({ name }) => name, first: 'ascend' },
    { key: 'watch', title: t('zone.fence'), width: 110, value: ({ watch }) => t(`zone.watch.${watch}`) },
    { key: 'area', title: t('camera.areaSize'), width: 96, value: size, show: (one) => surface(size(one), lang) },
    { key: 'purpose', title: t('zone.purpose'), value: ({ purpose }) => purpose, fileOnly: true },
  ];
  const add = async (fields: Fields) => {
    if (outline && (await writes.create(outline.points, fields))) clear();
  };
  const redrawn = outline?.redrawn === undefined ? undefined : zones.get(outline.redrawn);
  const keep = async () => {
    if (outline && redrawn && (await writes.redraw(redrawn, outline.points))) clear();
  };
  return (
    <div className="scroll" id="zones">
      <Button
        type={drawing ? 'default' : 'primary'}
        size="small"
        id="draw-zone"
        icon={<PlusOutlined />}
        {...create}
        onClick={() => (drawing ? store.getState().setTool('select') : store.getState().startTask({ kind: 'zone' }))}
      >
        {t(drawing ? 'privacy.stop' : 'zone.draw')}
      </Button>
      {drawing && <Alert type="info" showIcon title={t('privacy.drawHelp')} style={{ marginTop: 10 }} />}
      {outline && redrawn && (
        <div className="chosen-volume zone" id="new-outline">
          <strong>{t('zone.newOutline', { name: redrawn.name })}</strong>
          <p className="soft">
            {t('zone.sizes', {
              before: surface(size(redrawn), lang),
              after: surface(polygonArea(outline.points), lang),
            })}
          </p>
          <div className="row">
            <Button type="primary" size="small" id="keep-outline" onClick={() => void keep()}>
              {t('edit.save')}
            </Button>
            <Button size="small" onClick={clear}>
              {t('edit.cancel')}
            </Button>
          </div>
        </div>
      )}
      {outline && !redrawn && (
        <div className="chosen-volume zone" id="new-zone">
          <strong>{t('zone.new')}</strong>
          <ZoneForm
            id="new-zone-form"
            start={{ name: '', purpose: '', watch: 'none' }}
            save={(fields) => void add(fields)}
            more={<Button onClick={clear}>{t('edit.cancel')}</Button>}
          />
        </div>
      )}
      {zone && !outline && (
        <div className="chosen-volume zone" id="zone" data-zone={zone.id}>
          <ZoneForm
            key={`${zone.id} ${zone.version}`}
            id="zone-form"
            start={zone}
            save={(fields) => void writes.change(zone, fields)}
            more={
              <>
                <Button
                  id="redraw-zone"
                  icon={<EditOutlined />}
                  {...changing}
                  onClick={() => store.getState().startTask({ kind: 'zone', redrawn: zone.id })}
                >
                  {t('zone.redraw')}
                </Button>
                <Popconfirm title={t('zone.removeAsk')} okText={t('edit.remove')} onConfirm={() => writes.remove(zone)}>
                  <Button danger icon={<DeleteOutlined />} {...removing}>
                    {t('edit.remove')}
                  </Button>
                </Popconfirm>
              </>
            }
          />
        </div>
      )}
      <div style={{ marginTop: 10 }}>
        <DataTable
          id="zone-list"
          rows={rows}
          columns={columns}
          rowKey={({ id }) => id}
          chosen={chosen}
          onRow={(one) => {
            store.getState().setZone(one.id);
            store.getState().goTo({ ...middleOf(one), range: Math.max(600, 4 * Math.sqrt(size(one))) });
          }}
          file="zones.csv"
          around={520}
          empty={t('zone.empty')}
        />
      </div>
    </div>
  );
}
