import { AimOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import type { ComponentProps } from 'react';
import { useTranslation } from 'react-i18next';
import type { FoundRow } from '../../../api/journal';
import { useApp, useAppContext, useLang } from '../../app';
import { areaName } from '../../areaNames';
import { fieldWord, valueWords } from '../../desk/historyWords';
import { differences, inWords } from './difference';
import { useOrderValue } from './orderWords';
import { placeOf } from './rowWords';
import { SettingChanges } from './SettingChanges';

const UNTOLD = new Set(['deed', 'changes', 'what']);
/** Of a kept picture its file's name says nothing to a person. */
const PICTURE = 'health-picture';
const RANGE_M = 600;

function useCell(kind: string): (field: string, value: unknown) => string {
  const { t } = useTranslation();
  const lang = useLang();
  const ofOrder = useOrderValue();
  return (field, value) =>
    (kind === 'repair-order' ? ofOrder(field, value) : undefined) ??
    (typeof value === 'object' && value !== null ? inWords(value) : valueWords(field, value, t, lang));
}

function Changes({ row }: { row: FoundRow }) {
  const { t } = useTranslation();
  const cell = useCell(row.kind);
  const both = row.action !== 'create' && row.action !== 'remove';
  const lines = row.changes.flatMap(({ field, before, after }) =>
    (both && field !== 'faults' ? differences(before, after) : [{ path: '', before, after }]).map((line) => ({
      field,
      ...line,
    })),
  );
  const told = both
    ? lines
    : lines.filter(({ before, after }) => inWords(row.action === 'create' ? after : before) !== '');
  return (
    <table className="changes">
      <thead>
        <tr>
          <th>{t('journal.field')}</th>
          {both && <th>{t('journal.before')}</th>}
          <th>{both ? t('journal.after') : t(row.action === 'create' ? 'journal.created' : 'journal.removed')}</th>
        </tr>
      </thead>
      <tbody>
        {told.map(({ field, path, before, after }, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines of one row never move
          <tr key={at}>
            <th scope="row">
              {fieldWord(field, t)}
              {path && <span className="soft"> {path}</span>}
            </th>
            {both && <td className="gone">{cell(field, before)}</td>}
            <td className={both ? 'come' : undefined}>{cell(field, row.action === 'remove' ? before : after)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Details({ detail }: { detail: Record<string, unknown> }) {
  const { t } = useTranslation();
  const lang = useLang();
  const areas = useApp((state) => state.areas);
  const words = (name: string, value: unknown) =>
    name === 'area' ? areaName(String(value), areas, lang) || inWords(value) : inWords(value);
  const hidden = (name: string) => UNTOLD.has(name) || (detail.deed === PICTURE && name === 'picture');
  const told = Object.entries(detail).filter(([name, value]) => !hidden(name) && inWords(value) !== '');
  return (
    <dl className="facts-table">
      {told.map(([name, value]) => (
        <div key={name} style={{ display: 'contents' }}>
          <dt>{t(`journal.details.${name}`, { defaultValue: fieldWord(name, t) })}</dt>
          <dd>{words(name, value)}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Everything that a row says. */
export function RowDetail({ row }: { row: FoundRow }) {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const cameras = useApp((state) => state.cameras);
  const place = placeOf(row, cameras);
  const thing = t(`kind.${row.kind}`, { defaultValue: t(`manage.kind.${row.kind}`, { defaultValue: row.kind }) });
  const settings = row.detail?.deed === 'health-settings' ? row.detail.changes : undefined;
  const silent = row.changes.length === 0 && Object.keys(row.detail ?? {}).length === 0;
  return (
    <div className="rowdetail" data-seq={row.seq}>
      <div className="row soft">
        <span className="grow">
          {t('journal.row', { seq: row.seq })} · {thing} {row.id.length > 1 && row.id}
          {row.version !== null && ` · ${t('journal.version', { version: row.version })}`}
        </span>
        {place && (
          <Button
            size="small"
            icon={<AimOutlined />}
            onClick={() => store.getState().goTo({ ...place, range: RANGE_M })}
          >
            {t('journal.place')}
          </Button>
        )}
      </div>
      {row.changes.length > 0 && <Changes row={row} />}
      {settings !== undefined && (
        <SettingChanges changes={settings as ComponentProps<typeof SettingChanges>['changes']} />
      )}
      {row.detail && <Details detail={row.detail} />}
      {silent && <div className="soft">{t('journal.noDetail')}</div>}
    </div>
  );
}
