import { AimOutlined, DeleteOutlined, DragOutlined } from '@ant-design/icons';
import { Alert, AutoComplete, Button, Form, Input, InputNumber, Popconfirm, Select, Skeleton, Switch } from 'antd';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CameraFields } from '../../api/editing';
import type { CameraDetails } from '../../api/types';
import { useApp, useAppContext } from '../app';
import { coordinates } from '../format';
import { useCameraDetails } from '../queries';
import { Trouble } from '../Trouble';
import { useEdits } from './edits';

type Values = Record<string, string | number | boolean | null | undefined>;

const TEXTS = ['name', 'name_en', 'owner', 'contractor', 'address', 'purpose', 'remarks'] as const;
const NUMBERS = [
  'mount_height',
  'heading',
  'pitch',
  'roll',
  'hfov',
  'hfov_tele',
  'image_width',
  'image_height',
] as const;
const CHOICES = ['tier', 'type', 'status', 'lens'] as const;
const FLAGS = ['leased'] as const;
const FIELDS = [...TEXTS, ...NUMBERS, ...CHOICES, ...FLAGS];

/** What a form may clear, because it may be unknown. */
const NULLABLE = new Set(['heading', 'hfov_tele']);

const LIMITS: Partial<Record<(typeof NUMBERS)[number], [number, number]>> = {
  mount_height: [0, 1000],
  heading: [0, 360],
  pitch: [-90, 90],
  roll: [-180, 180],
  hfov: [0.1, 360],
  hfov_tele: [0.1, 360],
  image_width: [16, 100_000],
  image_height: [16, 100_000],
};

const UNIT: Partial<Record<(typeof NUMBERS)[number], string>> = {
  mount_height: 'm',
  heading: '°',
  pitch: '°',
  roll: '°',
  hfov: '°',
  hfov_tele: '°',
  image_width: 'px',
  image_height: 'px',
};

/** Only what was changed is written. */
export function changedFields(before: Values, after: Values): CameraFields {
  const entries = FIELDS.flatMap((field): [string, unknown][] => {
    const [was, is] = [before[field] ?? null, after[field] ?? null];
    if (was === is || (was === null && is === '')) return [];
    if (is === null) {
      if (NULLABLE.has(field)) return [[field, null]];
      return (TEXTS as readonly string[]).includes(field) ? [[field, '']] : [];
    }
    return [[field, is]];
  });
  return Object.fromEntries(entries);
}

const valuesOf = (camera: CameraDetails | undefined): Values =>
  Object.fromEntries(FIELDS.map((field) => [field, (camera as unknown as Values | undefined)?.[field] ?? undefined]));

/** What cameras on record have there, to be chosen from. */
function useUsed(field: 'owner' | 'contractor'): { value: string }[] {
  const cameras = useApp((state) => state.cameras);
  return useMemo(
    () =>
      [...new Set([...cameras.values()].map((camera) => camera[field]).filter(Boolean))]
        .toSorted((a, b) => a.localeCompare(b, 'zh-CN'))
        .map((value) => ({ value })),
    [cameras, field],
  );
}

function Fields() {
  const { t } = useTranslation();
  const owners = useUsed('owner');
  const contractors = useUsed('contractor');
  const options = (group: string, values: readonly (string | number)[]) =>
    values.map((value) => ({ value, label: t(`${group}.${value}`) }));
  const number = (field: (typeof NUMBERS)[number]) => {
    const [min, max] = LIMITS[field] ?? [];
    return (
      <Form.Item key={field} name={field} label={t(`field.${field}`)}>
        <InputNumber
          style={{ width: '100%' }}
          suffix={UNIT[field]}
          controls={false}
          {...(min !== undefined && { min })}
          {...(max !== undefined && { max })}
        />
      </Form.Item>
    );
  };
  return (
    <>
      <Form.Item name="name" label={t('field.name')} rules={[{ required: true, message: t('edit.nameWanted') }]}>
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item name="name_en" label={t('field.name_en')}>
        <Input maxLength={200} />
      </Form.Item>
      <div className="two">
        <Form.Item name="tier" label={t('field.tier')}>
          <Select options={options('tier', [1, 2, 3])} />
        </Form.Item>
        <Form.Item name="type" label={t('field.type')}>
          <Select options={options('type', ['fixed', 'ptz'])} />
        </Form.Item>
      </div>
      <div className="two">
        <Form.Item name="owner" label={t('field.owner')}>
          <AutoComplete options={owners} showSearch={{ filterOption: true }} />
        </Form.Item>
        <Form.Item name="status" label={t('field.status')}>
          <Select options={options('condition', ['in-service', 'planned', 'fault'])} />
        </Form.Item>
      </div>
      <div className="two">
        <Form.Item name="contractor" label={t('field.contractor')}>
          <AutoComplete options={contractors} maxLength={200} showSearch={{ filterOption: true }} />
        </Form.Item>
        <Form.Item name="leased" label={t('field.leased')} valuePropName="checked">
          <Switch size="small" />
        </Form.Item>
      </div>
      <div className="two">
        {number('mount_height')}
        {number('heading')}
      </div>
      <div className="two">
        {number('pitch')}
        {number('roll')}
      </div>
      <div className="two">
        <Form.Item name="lens" label={t('field.lens')}>
          <Select options={options('facts', ['rectilinear', 'fisheye', 'panorama'])} />
        </Form.Item>
        {number('hfov')}
      </div>
      <div className="two">
        {number('image_width')}
        {number('image_height')}
      </div>
      {number('hfov_tele')}
      <Form.Item name="address" label={t('field.address')}>
        <Input maxLength={2000} />
      </Form.Item>
      <Form.Item name="remarks" label={t('field.remarks')}>
        <Input.TextArea maxLength={2000} autoSize={{ minRows: 1, maxRows: 4 }} />
      </Form.Item>
    </>
  );
}

/** Moves the form's place by a click on the map. */
function PlaceRow({ place, onAsk, asking }: { place: string; onAsk: () => void; asking: boolean }) {
  const { t } = useTranslation();
  return (
    <div className="row" style={{ marginBottom: 10 }}>
      <span className="soft">{t('edit.place')}</span>
      <span className="grow" style={{ fontVariantNumeric: 'tabular-nums' }}>
        {place || t('edit.noPlace')}
      </span>
      <Button size="small" type={asking ? 'primary' : 'default'} icon={<DragOutlined />} onClick={onAsk}>
        {t(place ? 'edit.move' : 'edit.choosePlace')}
      </Button>
    </div>
  );
}

function Existing({ camera }: { camera: CameraDetails }) {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const edits = useEdits();
  const [form] = Form.useForm<Values>();
  const [saving, setSaving] = useState(false);
  const task = useApp((state) => state.task);
  const picked = useApp((state) => state.picked);
  const before = useMemo(() => valuesOf(camera), [camera]);
  const { id, version } = camera;
  const moving = task?.kind === 'move' && task.camera === id;
  useEffect(() => form.setFieldsValue(before), [before, form]);
  useEffect(() => {
    if (!moving || !picked) return;
    store.getState().setTool('select');
    void edits.patch(id, { lon: picked.lon, lat: picked.lat }, version);
  }, [moving, picked, id, version, edits, store]);
  const save = async (values: Values) => {
    const fields = changedFields(before, values);
    if (Object.keys(fields).length === 0) return;
    setSaving(true);
    await edits.patch(id, fields, version);
    setSaving(false);
  };
  return (
    <div className="scroll">
      <PlaceRow
        place={coordinates(camera.lon, camera.lat)}
        asking={moving}
        onAsk={() =>
          moving ? store.getState().setTool('select') : store.getState().startTask({ kind: 'move', camera: id })
        }
      />
      {moving && <Alert type="info" showIcon title={t('edit.clickToMove')} style={{ marginBottom: 10 }} />}
      <Form form={form} layout="vertical" size="small" onFinish={save} name="camera-form" requiredMark={false}>
        <Fields />
        <div className="row">
          <Button type="primary" htmlType="submit" loading={saving}>
            {t('edit.save')}
          </Button>
          <Button onClick={() => form.setFieldsValue(before)}>{t('edit.reset')}</Button>
          <span className="grow" />
          <Popconfirm
            title={t('edit.retireAsk')}
            description={t('edit.retireHelp')}
            okText={t('edit.retire')}
            okButtonProps={{ danger: true }}
            onConfirm={async () => {
              if (await edits.retire(id)) store.getState().setDesk(null);
            }}
          >
            <Button danger icon={<DeleteOutlined />}>
              {t('edit.retire')}
            </Button>
          </Popconfirm>
        </div>
      </Form>
    </div>
  );
}

const NEW: Values = { name: '', tier: 3, type: 'fixed', status: 'in-service', mount_height: 5, pitch: -12 };

function Fresh() {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const edits = useEdits();
  const [form] = Form.useForm<Values>();
  const [saving, setSaving] = useState(false);
  const [place, setPlace] = useState<{ lon: number; lat: number } | null>(null);
  const picked = useApp((state) => state.picked);
  const asking = useApp((state) => state.task?.kind === 'new-camera');
  const start = () => store.getState().startTask({ kind: 'new-camera' });
  useEffect(() => store.getState().startTask({ kind: 'new-camera' }), [store]);
  useEffect(() => {
    if (asking && picked) setPlace({ lon: picked.lon, lat: picked.lat });
  }, [asking, picked]);
  const save = async (values: Values) => {
    if (!place) return;
    setSaving(true);
    const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== ''));
    const camera = await edits.create({ ...(given as CameraFields), ...place });
    setSaving(false);
    if (!camera) return;
    store.getState().setDesk(null);
    store.getState().select({ kind: 'camera', id: camera.id });
  };
  return (
    <div className="scroll">
      <PlaceRow place={place ? coordinates(place.lon, place.lat) : ''} asking={asking} onAsk={start} />
      <Alert
        type={place ? 'success' : 'info'}
        showIcon
        title={t(place ? 'edit.placeChosen' : 'edit.clickForNew')}
        style={{ marginBottom: 10 }}
      />
      <Form
        form={form}
        layout="vertical"
        size="small"
        initialValues={NEW}
        onFinish={save}
        name="camera-form"
        requiredMark={false}
      >
        <Fields />
        <div className="row">
          <Button type="primary" htmlType="submit" icon={<AimOutlined />} loading={saving} disabled={!place}>
            {t('edit.create')}
          </Button>
          <Button onClick={() => store.getState().setDesk(null)}>{t('edit.cancel')}</Button>
        </div>
      </Form>
    </div>
  );
}

/** A camera's facts by hand; without an id a new one, where the map is clicked. */
export function CameraForm({ id }: { id: string | null }) {
  return id === null ? <Fresh /> : <Known id={id} />;
}

function Known({ id }: { id: string }) {
  const details = useCameraDetails(id);
  if (details.error) return <Trouble error={details.error} retry={() => details.refetch()} />;
  if (!details.data) return <Skeleton active style={{ padding: 14 }} paragraph={{ rows: 10 }} />;
  return <Existing camera={details.data} />;
}
