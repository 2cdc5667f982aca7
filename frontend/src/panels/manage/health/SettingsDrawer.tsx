import { useQueryClient } from '@tanstack/react-query';
import { Alert, App as AntApp, Button, InputNumber, Skeleton } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../../api/client';
import type { HealthSettings, SettingField } from '../../../api/health';
import { withValue } from '../../../model/health';
import { useAppContext, useLang } from '../../app';
import { sentence } from '../../desk/edits';
import { useAllowed } from '../../may';
import { Trouble } from '../../Trouble';
import { SidePane } from '../SidePane';
import { useHealthSettings } from './queries';
import { measure, SHARE } from './Verdicts';

const SECTIONS = ['targets', 'thresholds', 'schedule', 'orders'] as const;

type Values = Record<string, number>;

const valuesOf = (fields: readonly SettingField[]): Values =>
  Object.fromEntries(fields.map(({ name, value }) => [name, value]));

/** What is sent: the settings as they were read, with every field as it stands here. */
export function changedSettings(
  { fields: _, ...settings }: HealthSettings,
  values: Values,
): Omit<HealthSettings, 'fields'> {
  return Object.entries(values).reduce((so, [name, value]) => withValue(so, name, value), settings);
}

interface FieldProps {
  field: SettingField;
  value: number;
  onChange: (value: number) => void;
  readOnly: boolean;
}

function Field({ field, value, onChange, readOnly }: FieldProps) {
  const { t } = useTranslation();
  const lang = useLang();
  const { name, text, unit, least, most } = field;
  const shown = (number: number) => measure(number, unit, lang);
  // A share is typed in percent; a hundredth of it is more than anybody measures.
  const scale = unit === SHARE ? 100 : 1;
  const typed = (number: number) => Number((number * scale).toFixed(6));
  return (
    <div className="settingfield" data-field={name}>
      <label htmlFor={`setting-${name}`}>{text}</label>
      <InputNumber
        id={`setting-${name}`}
        size="small"
        value={typed(value)}
        min={typed(least)}
        max={typed(most)}
        step={(most - least) * scale < 100 ? 'any' : 1}
        disabled={readOnly}
        {...(unit && { suffix: unit === SHARE ? '%' : unit })}
        onChange={(next) => next !== null && onChange(Number((next / scale).toFixed(8)))}
      />
      <span className="soft">
        {t('health.fieldRange', { least: shown(least), most: shown(most), value: shown(field.default) })}
      </span>
      <Button
        size="small"
        type="link"
        disabled={readOnly || value === field.default}
        onClick={() => onChange(field.default)}
      >
        {t('health.toDefault')}
      </Button>
    </div>
  );
}

function Form({ settings, onClose }: { settings: HealthSettings; onClose: () => void }) {
  const { t } = useTranslation();
  const { api } = useAppContext();
  const lang = useLang();
  const { message } = AntApp.useApp();
  const queries = useQueryClient();
  const allowed = useAllowed('maintain', 'camera');
  const [values, setValues] = useState<Values>(() => valuesOf(settings.fields));
  const [busy, setBusy] = useState(false);
  const [stale, setStale] = useState<string | null>(null);
  const { version } = settings;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is written here is put away only when somebody else's version comes
  useEffect(() => setValues(valuesOf(settings.fields)), [version]);
  const changed = settings.fields.filter(({ name, value }) => values[name] !== value);
  const readOnly = allowed.disabled === true;
  const save = async () => {
    setBusy(true);
    try {
      const kept = await api.changeHealthSettings(changedSettings(settings, values));
      queries.setQueryData(['health', 'settings', lang], kept);
      void queries.invalidateQueries({ queryKey: ['health'] });
      setStale(null);
      message.success(t('health.settingsSaved'));
    } catch (error) {
      if (error instanceof ApiError && error.status === 409) setStale(sentence(error, ''));
      else message.error(sentence(error, t('error.offline')), 6);
    } finally {
      setBusy(false);
    }
  };
  const reread = () => {
    setStale(null);
    void queries.invalidateQueries({ queryKey: ['health', 'settings'] });
  };
  return (
    <>
      {stale !== null && (
        <Alert
          type="warning"
          showIcon
          id="settings-stale"
          title={t('health.stale')}
          description={stale}
          action={
            <Button size="small" onClick={reread}>
              {t('health.reread')}
            </Button>
          }
        />
      )}
      {SECTIONS.map((section) => {
        const fields = settings.fields.filter(({ name }) => name.startsWith(`${section}.`));
        if (fields.length === 0) return null;
        return (
          <section key={section} className="settingsection">
            <div className="sectionhead">{t(`health.sections.${section}`)}</div>
            <p className="soft">{t(`health.sectionHelp.${section}`)}</p>
            {fields.map((field) => (
              <Field
                key={field.name}
                field={field}
                value={values[field.name] ?? field.value}
                readOnly={readOnly}
                onChange={(value) => setValues((before) => ({ ...before, [field.name]: value }))}
              />
            ))}
          </section>
        );
      })}
      <footer className="row">
        <span className="grow soft">{t('health.changedFields', { count: changed.length })}</span>
        <Button
          size="small"
          disabled={readOnly || settings.fields.every(({ name, default: value }) => values[name] === value)}
          onClick={() => setValues(Object.fromEntries(settings.fields.map((field) => [field.name, field.default])))}
        >
          {t('health.allDefault')}
        </Button>
        <Button size="small" onClick={onClose}>
          {t('manage.cancel')}
        </Button>
        <Button
          size="small"
          type="primary"
          id="save-settings"
          loading={busy}
          {...allowed}
          {...(changed.length === 0 && { disabled: true })}
          onClick={() => void save()}
        >
          {t('manage.save')}
        </Button>
      </footer>
    </>
  );
}

/** Limits, targets, rounds and deadlines of camera health. */
export function SettingsDrawer({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const settings = useHealthSettings();
  return (
    <SidePane
      id="health-settings-pane"
      title={t('health.settings')}
      label={t('health.settings')}
      wide
      onClose={onClose}
    >
      {settings.error && <Trouble error={settings.error} retry={() => void settings.refetch()} />}
      {settings.isPending && <Skeleton active paragraph={{ rows: 12 }} />}
      {settings.data && <Form settings={settings.data} onClose={onClose} />}
    </SidePane>
  );
}
