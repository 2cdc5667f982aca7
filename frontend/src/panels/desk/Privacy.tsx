import { DeleteOutlined, EditOutlined, PlusOutlined, VideoCameraOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Form, Input, InputNumber, Popconfirm, Skeleton, Tooltip } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { VolumeFields } from '../../api/editing';
import type { PrivacyVolume } from '../../model/cityState';
import { useApp, useAppContext, useLang } from '../app';
import { count, height, surface } from '../format';
import { useAllowed } from '../may';
import { Trouble } from '../Trouble';
import { type Column, DataTable } from './DataTable';
import { type Edits, useEdits } from './edits';
import { floorArea, middleOf, ringOf, volumeOf } from './volumeValues';

export function useVolumes() {
  const { api } = useAppContext();
  return useQuery({
    queryKey: ['volumes'],
    queryFn: async ({ signal }) => (await api.volumes(signal)).map(volumeOf),
  });
}

/** Hands the volumes to the scene. */
export function useVolumesOnMap(): void {
  const { store } = useAppContext();
  const { data } = useVolumes();
  useEffect(() => {
    if (data) store.getState().setVolumes(data);
  }, [data, store]);
}

/** Cameras that see the middle of the volume. */
function LookingIn({ volume }: { volume: PrivacyVolume }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { api, store } = useAppContext();
  const at = middleOf(volume);
  const { data, error } = useQuery({
    queryKey: ['link', 'volume', volume.id, volume.version],
    queryFn: ({ signal }) => api.link({ ...at, limit: 200 }, signal),
  });
  if (error) return <span className="soft">{t('privacy.lookersUnknown')}</span>;
  if (!data) return <span className="soft">{t('link.searching')}</span>;
  const seeing = data.cameras.filter(({ visible }) => visible).length;
  return (
    <div className="row">
      <span className="grow">{t('privacy.lookers', { count: count(seeing, lang) })}</span>
      <Button
        size="small"
        icon={<VideoCameraOutlined />}
        disabled={seeing === 0}
        onClick={() => store.getState().setClick({ ...at, source: 'search' })}
      >
        {t('privacy.whichLook')}
      </Button>
    </div>
  );
}

function VolumeForm({ volume, done, edits }: { volume: PrivacyVolume; done: () => void; edits: Edits }) {
  const { t } = useTranslation();
  const { api } = useAppContext();
  const queries = useQueryClient();
  const save = async (values: VolumeFields) => {
    const saved = await edits.attempt(
      () => api.patchVolume(volume.id, volume.version, values),
      () => t('edit.saved'),
    );
    if (!saved) return;
    void queries.invalidateQueries({ queryKey: ['volumes'] });
    void queries.invalidateQueries({ queryKey: ['journal'] });
    done();
  };
  const { name, reason, base, top } = volume;
  return (
    <Form layout="vertical" size="small" initialValues={{ name, reason, base, top }} onFinish={save} name="volume-form">
      <Form.Item name="name" label={t('privacy.name')} rules={[{ required: true, message: t('privacy.nameWanted') }]}>
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item name="reason" label={t('privacy.reason')}>
        <Input maxLength={2000} />
      </Form.Item>
      <div className="two">
        <Form.Item name="base" label={t('privacy.base')}>
          <InputNumber suffix="m" step={0.5} style={{ width: '100%' }} />
        </Form.Item>
        <Form.Item
          name="top"
          label={t('privacy.top')}
          dependencies={['base']}
          rules={[
            ({ getFieldValue }) => ({
              validator: (_, value: number) =>
                value > Number(getFieldValue('base'))
                  ? Promise.resolve()
                  : Promise.reject(new Error(t('privacy.topWanted'))),
            }),
          ]}
        >
          <InputNumber suffix="m" step={0.5} style={{ width: '100%' }} />
        </Form.Item>
      </div>
      <div className="row">
        <Button type="primary" htmlType="submit">
          {t('edit.save')}
        </Button>
        <Button onClick={done}>{t('edit.cancel')}</Button>
      </div>
    </Form>
  );
}

function Chosen({ volume, edits }: { volume: PrivacyVolume; edits: Edits }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { api, store } = useAppContext();
  const queries = useQueryClient();
  const [editing, setEditing] = useState(volume.name === '');
  const [change, removal] = [useAllowed('change', 'privacy-volume'), useAllowed('remove', 'privacy-volume')];
  const remove = async () => {
    const gone = await edits.attempt(
      () => api.removeVolume(volume.id, volume.version),
      () => t('privacy.removed'),
    );
    if (!gone) return;
    store.getState().setVolume(null);
    void queries.invalidateQueries({ queryKey: ['volumes'] });
    void queries.invalidateQueries({ queryKey: ['journal'] });
  };
  return (
    <div className="chosen-volume" id="volume" data-volume={volume.id}>
      <div className="row">
        <strong className="grow">{volume.name || t('privacy.unnamed')}</strong>
        <Tooltip title={change.title ?? t('edit.edit')}>
          <Button
            type="text"
            size="small"
            icon={<EditOutlined />}
            aria-label={t('edit.edit')}
            disabled={change.disabled === true}
            onClick={() => setEditing(true)}
          />
        </Tooltip>
        <Popconfirm
          title={t('privacy.removeAsk')}
          onConfirm={remove}
          okText={t('edit.remove')}
          disabled={removal.disabled === true}
        >
          <Button
            type="text"
            size="small"
            danger
            icon={<DeleteOutlined />}
            aria-label={t('edit.remove')}
            {...removal}
          />
        </Popconfirm>
      </div>
      {editing ? (
        <VolumeForm key={volume.version} volume={volume} edits={edits} done={() => setEditing(false)} />
      ) : (
        <>
          {volume.reason && <div className="soft">{volume.reason}</div>}
          <div className="soft">
            {t('privacy.from', { base: height(volume.base, lang), top: height(volume.top, lang) })}
          </div>
          <LookingIn volume={volume} />
        </>
      )}
    </div>
  );
}

/** The drawn outline becomes a volume as soon as it is closed. */
function useDrawn(edits: Edits): void {
  const { t } = useTranslation();
  const { api, store } = useAppContext();
  const queries = useQueryClient();
  const drawing = useApp((state) => state.task?.kind === 'volume');
  const measure = useApp((state) => state.measure);
  useEffect(() => {
    if (!drawing || measure?.kind !== 'area' || !measure.done) return;
    const geometry = ringOf(measure.points);
    store.getState().setTool('select');
    void edits
      .attempt(
        () => api.createVolume(geometry, {}),
        () => t('privacy.made'),
      )
      .then(async (made) => {
        if (!made) return;
        await queries.invalidateQueries({ queryKey: ['volumes'] });
        void queries.invalidateQueries({ queryKey: ['journal'] });
        store.getState().setVolume(made.id);
      });
  }, [drawing, measure, api, store, edits, queries, t]);
}

/** Windows and courtyards that stay private: drawn, listed, changed. */
export function Privacy() {
  const { t } = useTranslation();
  const creation = useAllowed('create', 'privacy-volume');
  const lang = useLang();
  const { store } = useAppContext();
  const edits = useEdits();
  const volumes = useVolumes();
  const chosen = useApp((state) => state.volume);
  const drawing = useApp((state) => state.task?.kind === 'volume');
  useDrawn(edits);
  if (volumes.error) return <Trouble error={volumes.error} retry={() => volumes.refetch()} />;
  if (!volumes.data) return <Skeleton active style={{ padding: 14 }} />;
  const columns: Column<PrivacyVolume>[] = [
    { key: 'name', title: t('privacy.name'), value: ({ name }) => name || t('privacy.unnamed') },
    {
      key: 'height',
      title: t('privacy.tall'),
      width: 84,
      value: ({ base, top }) => top - base,
      show: ({ base, top }) => height(top - base, lang),
    },
    {
      key: 'area',
      title: t('camera.areaSize'),
      width: 96,
      value: floorArea,
      show: (volume) => surface(floorArea(volume), lang),
    },
    { key: 'reason', title: t('privacy.reason'), value: ({ reason }) => reason, fileOnly: true },
    { key: 'base', title: t('privacy.base'), value: ({ base }) => base, fileOnly: true },
    { key: 'top', title: t('privacy.top'), value: ({ top }) => top, fileOnly: true },
  ];
  const go = (volume: PrivacyVolume) => {
    store.getState().setVolume(volume.id);
    store.getState().goTo({ ...middleOf(volume), range: 200 });
  };
  const volume = volumes.data.find(({ id }) => id === chosen);
  return (
    <div className="scroll" id="privacy">
      <p className="soft" style={{ marginTop: 0 }}>
        {t('privacy.help')}
      </p>
      <Button
        type={drawing ? 'default' : 'primary'}
        size="small"
        id="draw-volume"
        icon={<PlusOutlined />}
        {...creation}
        onClick={() => (drawing ? store.getState().setTool('select') : store.getState().startTask({ kind: 'volume' }))}
      >
        {t(drawing ? 'privacy.stop' : 'privacy.draw')}
      </Button>
      {drawing && <Alert type="info" showIcon title={t('privacy.drawHelp')} style={{ marginTop: 10 }} />}
      {volume && <Chosen key={volume.id} volume={volume} edits={edits} />}
      <div style={{ marginTop: 10 }}>
        <DataTable
          id="volumes"
          rows={volumes.data}
          columns={columns}
          rowKey={({ id }) => id}
          chosen={chosen}
          onRow={go}
          file="privacy-volumes.csv"
          around={560}
          empty={t('privacy.empty')}
        />
      </div>
    </div>
  );
}
