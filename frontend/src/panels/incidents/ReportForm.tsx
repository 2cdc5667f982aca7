import { AimOutlined } from '@ant-design/icons';
import { Alert, Button, Checkbox, Form, Input, Segmented, Select } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Category, Severity, Source } from '../../api/situation';
import { CATEGORIES, SEVERITIES, SEVERITY_MARKS } from '../../model/incidents';
import { useApp, useAppContext } from '../app';
import { coordinates } from '../format';
import { useMoves } from './moves';

interface Values {
  category: Category;
  severity: Severity;
  source: Source;
  number: string;
  address: string;
  description: string;
  exercise: boolean;
}

const SOURCES: readonly Source[] = ['hand', '110', '119', '120', '122'];

/** An incident by hand: a click on the map, what it is, how grave. */
export function ReportForm() {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const moves = useMoves();
  const picked = useApp((state) => state.picked);
  const waiting = useApp((state) => state.task?.kind === 'incident');
  const key = useRef(crypto.randomUUID());
  const [sending, setSending] = useState(false);
  useEffect(() => {
    const { click, startTask, setPicked } = store.getState();
    startTask({ kind: 'incident' });
    // Whoever has just clicked a place means that one.
    if (click) setPicked({ lon: click.lon, lat: click.lat, height: click.height ?? 0 });
  }, [store]);
  const send = async (values: Values) => {
    if (!picked) return;
    setSending(true);
    const place = { lon: picked.lon, lat: picked.lat };
    const made = await moves.report({ ...values, ...place, subcategory: '' }, key.current);
    setSending(false);
    if (!made) return;
    store.getState().setDesk({ kind: 'incidents' });
    store.getState().openIncident(made.id);
  };
  return (
    <div className="scroll" id="report">
      {picked ? (
        <div className="row">
          <AimOutlined />
          <span className="grow">{coordinates(picked.lon, picked.lat)}</span>
          <Button size="small" disabled={waiting} onClick={() => store.getState().startTask({ kind: 'incident' })}>
            {t('edit.choosePlace')}
          </Button>
        </div>
      ) : (
        <Alert type="info" showIcon title={t('incident.clickPlace')} />
      )}
      <Form<Values>
        name="incident"
        layout="vertical"
        size="small"
        style={{ marginTop: 10 }}
        initialValues={{ severity: 3, source: 'hand', number: '', address: '', description: '', exercise: false }}
        onFinish={(values) => void send(values)}
      >
        <Form.Item
          name="category"
          label={t('incident.category')}
          rules={[{ required: true, message: t('incident.categoryWanted') }]}
        >
          <Select
            showSearch={{ optionFilterProp: 'label' }}
            options={CATEGORIES.map((value) => ({ value, label: t(`incident.categories.${value}`) }))}
          />
        </Form.Item>
        <Form.Item name="severity" label={t('incident.severityWord')}>
          <Segmented
            block
            options={SEVERITIES.map((value) => ({
              value,
              label: `${SEVERITY_MARKS[value]} ${t(`incident.severityShort.${value}`)}`,
            }))}
          />
        </Form.Item>
        <Form.Item name="description" label={t('incident.description')}>
          <Input.TextArea autoSize={{ minRows: 3, maxRows: 8 }} maxLength={4000} />
        </Form.Item>
        <Form.Item name="address" label={t('incident.where')}>
          <Input maxLength={300} />
        </Form.Item>
        <div className="two">
          <Form.Item name="source" label={t('incident.sourceWord')}>
            <Select options={SOURCES.map((value) => ({ value, label: t(`incident.source.${value}`) }))} />
          </Form.Item>
          <Form.Item name="number" label={t('incident.number')}>
            <Input maxLength={100} />
          </Form.Item>
        </div>
        <Form.Item name="exercise" valuePropName="checked">
          <Checkbox id="report-exercise">{t('incident.isExercise')}</Checkbox>
        </Form.Item>
        <div className="row">
          <Button type="primary" htmlType="submit" disabled={!picked} loading={sending}>
            {t('incident.report')}
          </Button>
          <Button onClick={() => store.getState().setDesk({ kind: 'incidents' })}>{t('edit.cancel')}</Button>
        </div>
      </Form>
    </div>
  );
}
