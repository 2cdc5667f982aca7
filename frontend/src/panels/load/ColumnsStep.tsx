import { AimOutlined } from '@ant-design/icons';
import { Alert, AutoComplete, Button, Segmented, Select, Table, Tag } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { type ImportAnswer, type ImportColumn, type ImportHow, VERTICAL_DATUMS } from '../../api/importing';
import { useApp, useAppContext, useLang } from '../app';
import { count } from '../format';
import { frameOf, missingIn, REQUIRED } from './mapping';
import type { Load } from './useLoad';

const SYSTEMS = ['WGS 84', 'CGCS2000', 'GCJ-02', 'BD-09'];
const HEIGHTS: ImportHow['height_reference'][] = ['above ground', 'above sea', 'ellipsoidal'];

function Setting({ label, help, children }: { label: string; help: string; children: ReactNode }) {
  return (
    <div className="setting">
      <span>{label}</span>
      {children}
      <span className="soft">{help}</span>
    </div>
  );
}

/** How the file is read: sheet, headings, what its coordinates and heights refer to. */
function Reading({ load, answer }: { load: Load; answer: ImportAnswer }) {
  const { t } = useTranslation();
  const { how } = load;
  return (
    <div className="settings">
      {answer.sheets.length > 1 && (
        <Setting label={t('load.sheet')} help={t('load.sheetHelp', { count: answer.sheets.length })}>
          <Select
            size="small"
            value={how.sheet || answer.sheet}
            options={answer.sheets.map((value) => ({ value, label: value }))}
            onChange={(sheet) => void load.change({ sheet })}
          />
        </Setting>
      )}
      {answer.columns.length > 0 && (
        <Setting label={t('load.header')} help={t('load.headerHelp')}>
          <Segmented<ImportHow['header']>
            size="small"
            value={how.header}
            options={[
              { value: 'auto', label: t('load.headerAuto') },
              { value: 'none', label: t('load.headerNone') },
            ]}
            onChange={(header) => void load.change({ header })}
          />
        </Setting>
      )}
      <Setting label={t('load.crs')} help={t(`load.crsHelp.${crsKey(how.crs)}`, { crs: answer.crs ?? 'WGS 84' })}>
        <AutoComplete
          size="small"
          allowClear
          value={how.crs}
          placeholder={answer.crs ?? 'WGS 84'}
          aria-label={t('load.crs')}
          options={SYSTEMS.map((value) => ({ value, label: t(`load.system.${value.replace(' ', '')}`) }))}
          onChange={(crs) => void load.change({ crs: crs ?? '' })}
        />
      </Setting>
      <Setting label={t('load.heights')} help={t(`load.heightHelp.${how.height_reference.replace(' ', '_')}`)}>
        <Select<ImportHow['height_reference']>
          size="small"
          value={how.height_reference}
          aria-label={t('load.heights')}
          options={HEIGHTS.map((value) => ({ value, label: t(`load.height.${value.replace(' ', '_')}`) }))}
          onChange={(height_reference) =>
            void load.change({
              height_reference,
              vertical_datum: height_reference === 'above sea' ? (VERTICAL_DATUMS[0] ?? '') : '',
            })
          }
        />
      </Setting>
      {how.height_reference === 'above sea' && (
        <Setting label={t('load.datum')} help={t('load.datumHelp')}>
          <AutoComplete
            size="small"
            value={how.vertical_datum}
            aria-label={t('load.datum')}
            options={VERTICAL_DATUMS.map((value) => ({ value }))}
            onChange={(vertical_datum) => void load.change({ vertical_datum })}
          />
        </Setting>
      )}
    </div>
  );
}

function crsKey(crs: string): string {
  if (crs === '') return 'auto';
  return SYSTEMS.includes(crs) ? crs.replace(' ', '') : 'other';
}

function Columns({ load, answer }: { load: Load; answer: ImportAnswer }) {
  const { t } = useTranslation();
  const word = (field: string) => t(`load.field.${field}`, { defaultValue: field });
  const options = answer.fields
    .map((value) => ({
      value,
      label: (REQUIRED as readonly string[]).includes(value) ? `${word(value)} *` : word(value),
    }))
    .toSorted((a, b) => Number(b.label.endsWith('*')) - Number(a.label.endsWith('*')));
  return (
    <Table<ImportColumn>
      id="load-columns"
      size="small"
      pagination={false}
      rowKey={({ number }) => number}
      dataSource={answer.columns}
      columns={[
        { title: t('load.number'), dataIndex: 'number', width: 50 },
        { title: t('load.heading'), dataIndex: 'heading', ellipsis: true, width: 150 },
        {
          title: t('load.meaning'),
          width: 210,
          render: (_, column) => (
            <Select
              size="small"
              allowClear
              showSearch={{ optionFilterProp: 'label' }}
              style={{ width: '100%' }}
              placeholder={t('load.leftOut')}
              aria-label={t('load.meaningOf', { heading: column.heading })}
              value={load.chosen.get(column.number) ?? null}
              options={options}
              onChange={(field) => load.choose(column.number, field ?? null)}
            />
          ),
        },
        {
          title: t('load.samples'),
          ellipsis: true,
          render: (_, column) => (
            <span className="soft">
              {column.proposed && load.chosen.get(column.number) !== column.proposed && (
                <Tag
                  color="blue"
                  style={{ cursor: 'pointer' }}
                  onClick={() => load.choose(column.number, column.proposed)}
                >
                  {t('load.looksLike', { field: word(column.proposed) })}
                </Tag>
              )}
              {column.secret ? t('load.secret') : column.samples.join(' · ')}
            </span>
          ),
        },
      ]}
    />
  );
}

function FirstRows({ load, answer }: { load: Load; answer: ImportAnswer }) {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const preview = useApp((state) => state.preview);
  const dots = preview.length;
  const see = () => {
    const target = frameOf(preview);
    if (target) store.getState().goTo(target);
  };
  return (
    <>
      <div className="sectionhead">{t('load.firstRows', { count: answer.rows.length })}</div>
      <div className="row" style={{ marginBottom: 6 }}>
        <span className="soft grow">{dots > 0 ? t('load.dots', { count: dots }) : t('load.noDots')}</span>
        {dots > 0 && (
          <Button size="small" icon={<AimOutlined />} onClick={see}>
            {t('load.see')}
          </Button>
        )}
      </div>
      <div className="rows-table">
        <table>
          <thead>
            <tr>
              <th>{t('load.row')}</th>
              {answer.columns.map(({ number, heading }) => {
                const field = load.chosen.get(number);
                return (
                  <th key={number} title={heading} className={field ? 'mapped' : ''}>
                    {field ? t(`load.field.${field}`, { defaultValue: field }) : heading || number}
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody>
            {answer.rows.map(({ row, cells }) => (
              <tr key={row}>
                <td className="soft">{row}</td>
                {answer.columns.map(({ number }, i) => (
                  <td key={number} title={cells[i]}>
                    {cells[i]}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

export function ColumnsStep({ load, answer }: { load: Load; answer: ImportAnswer }) {
  const { t } = useTranslation();
  const lang = useLang();
  const missing = missingIn(load.chosen);
  const proposed = answer.columns.filter((column) => column.proposed && !load.chosen.get(column.number)).length;
  return (
    <>
      <div className="row" style={{ marginBottom: 8 }}>
        <strong className="grow">{answer.file}</strong>
        <span className="soft">
          {t('load.size', {
            form: t(`load.form.${answer.form}`, { defaultValue: answer.form }),
            count: count(answer.row_count, lang),
          })}
        </span>
      </div>
      {answer.notes.map(({ code, text }) => (
        <div className="soft" key={code + text}>
          {text}
        </div>
      ))}
      <Reading load={load} answer={answer} />
      {missing.length > 0 && (
        <Alert
          type="warning"
          showIcon
          style={{ margin: '8px 0' }}
          title={t('load.missing', {
            fields: missing.map((field) => t(`load.field.${field}`)).join(lang === 'zh' ? '、' : ', '),
          })}
          action={
            proposed > 0 && (
              <Button size="small" type="primary" id="accept-columns" onClick={load.acceptColumns}>
                {t('load.acceptColumns', { count: proposed })}
              </Button>
            )
          }
        />
      )}
      <Columns load={load} answer={answer} />
      <FirstRows load={load} answer={answer} />
    </>
  );
}
