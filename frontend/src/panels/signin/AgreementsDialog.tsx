import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Empty, Input, Modal, Select, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Agreement, AgreementStep } from '../../api/agreements';
import type { Account } from '../../api/session';
import { useApp, useAppContext, useLang } from '../app';
import { areaName } from '../areaNames';
import { moment } from '../desk/historyWords';
import { useAttempt } from '../manage/attempt';
import { Trouble } from '../Trouble';

const EVERY_MS = 15_000;
const KEY = 'agreements';

/** Asked every quarter of a minute, by those only whom it can concern. */
export function useAgreements(account: Account | null) {
  const { api } = useAppContext();
  const wants = Object.keys(account?.after_agreement ?? {}).length > 0;
  const enabled = account !== null && !account.must_change && (wants || 'agree' in account.may);
  const query = useQuery({
    queryKey: [KEY],
    enabled,
    refetchInterval: EVERY_MS,
    queryFn: ({ signal }) => api.agreements(signal),
  });
  return { enabled, query };
}

function useThing() {
  const { t } = useTranslation();
  return (action: string, kind: string) =>
    `${t(`manage.action.${action}`, { defaultValue: action })} · ${t(`manage.kind.${kind}`, { defaultValue: kind })}`;
}

function Row({ one, onStep, busy }: { one: Agreement; onStep: (step: AgreementStep) => void; busy: boolean }) {
  const { t } = useTranslation();
  const lang = useLang();
  const thing = useThing();
  const areas = useApp((state) => state.areas);
  const where = one.areas.map((code) => (code === '*' ? t('door.everywhere') : areaName(code, areas, lang) || code));
  const until = one.state === 'open' ? one.waits_until : one.until;
  return (
    <article data-agreement={one.id} data-state={one.state}>
      <div className="row">
        <strong className="grow">
          {thing(one.action, one.kind)} · {where.join(lang === 'zh' ? '、' : ', ')}
        </strong>
        <Tag>{t(`agreement.state.${one.state}`)}</Tag>
      </div>
      <div>{one.purpose}</div>
      <div className="soft">
        {[one.mine ? t('agreement.mine') : one.asker_title, moment(one.asked, lang)].join(' · ')}
        {one.by && ` · ${t('agreement.by', { who: one.by_title ?? one.by })}`}
        {until && ` · ${t('agreement.until', { time: moment(until, lang) })}`}
      </div>
      <div className="row">
        {one.answerable && (
          <>
            <Button size="small" type="primary" disabled={busy} onClick={() => onStep('agree')}>
              {t('agreement.agree')}
            </Button>
            <Button size="small" disabled={busy} onClick={() => onStep('decline')}>
              {t('agreement.decline')}
            </Button>
          </>
        )}
        {one.withdrawable && (
          <Button size="small" disabled={busy} onClick={() => onStep('withdraw')}>
            {t('agreement.withdraw')}
          </Button>
        )}
      </div>
    </article>
  );
}

function AskForm({
  account,
  onAsk,
  busy,
}: {
  account: Account;
  onAsk: (what: string, why: string) => void;
  busy: boolean;
}) {
  const { t } = useTranslation();
  const thing = useThing();
  const [what, setWhat] = useState<string>();
  const [why, setWhy] = useState('');
  const options = Object.entries(account.after_agreement).flatMap(([action, kinds]) =>
    kinds.map((kind) => ({ value: `${action} ${kind}`, label: thing(action, kind) })),
  );
  if (options.length === 0) return null;
  const ready = what && why.trim().length > 1;
  return (
    <div id="ask-agreement">
      <Select
        style={{ width: 210 }}
        value={what ?? null}
        options={options}
        placeholder={t('agreement.what')}
        aria-label={t('agreement.what')}
        onChange={setWhat}
      />
      <Input
        className="grow"
        maxLength={500}
        value={why}
        placeholder={t('agreement.purpose')}
        aria-label={t('agreement.purpose')}
        onChange={({ target }) => setWhy(target.value)}
      />
      <Button
        type="primary"
        disabled={!ready || busy}
        onClick={() => {
          if (what) onAsk(what, why.trim());
          setWhy('');
        }}
      >
        {t('agreement.ask')}
      </Button>
    </div>
  );
}

/** What waits for one's agreement, what one has asked for, and asking. */
export function AgreementsDialog({ account, onClose }: { account: Account; onClose: () => void }) {
  const { t } = useTranslation();
  const { api, store } = useAppContext();
  const queries = useQueryClient();
  const { query } = useAgreements(account);
  const [run, busy] = useAttempt(KEY);
  const rows = query.data?.agreements ?? [];
  const step = async (id: string, what: AgreementStep) => {
    await run(() => api.answerAgreement(id, what), t('agreement.done'));
    store.getState().setAccount((await api.session()).account);
    void queries.invalidateQueries({ queryKey: [KEY] });
  };
  const ask = (what: string, purpose: string) => {
    const [action = '', kind = ''] = what.split(' ');
    void run(() => api.askAgreement({ action, kind, purpose }), t('agreement.sent'));
  };
  return (
    <Modal open footer={null} width={640} title={t('agreement.title')} onCancel={onClose}>
      <div id="agreements">
        <AskForm account={account} onAsk={ask} busy={busy} />
        {query.error && <Trouble error={query.error} retry={() => query.refetch()} />}
        {rows.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('agreement.none')} />}
        <div className="agreements">
          {rows.map((one) => (
            <Row key={one.id} one={one} busy={busy} onStep={(what) => void step(one.id, what)} />
          ))}
        </div>
      </div>
    </Modal>
  );
}
