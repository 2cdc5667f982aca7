import { CheckOutlined, WarningFilled } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import type { GroupRates, Rate, RateName } from '../../../api/health';
import { lacking, percent, RATES } from '../../../model/health';
import type { Reached } from '../../../model/healthState';
import { useApp, useAppContext, useLang } from '../../app';
import { count } from '../../format';

/** Good, not known, bad, side by side, and a line where the target lies. */
export function RateBar({ rate, label }: { rate: Rate; label: string }) {
  const part = (value: number) => ({ flexGrow: value, ...(value === 0 && { display: 'none' }) });
  return (
    <div className="ratebar" role="img" aria-label={label}>
      <span className="good" style={part(rate.good)} />
      <span className="unknown" style={part(rate.unknown)} />
      <span className="bad" style={part(rate.bad)} />
      <i style={{ left: `${rate.target * 100}%` }} />
    </div>
  );
}

/** Whether the target is reached, in words. */
export function TargetWord({ rate }: { rate: Rate }) {
  const { t } = useTranslation();
  if (rate.reached === null)
    return <span className="target soft">{t(rate.total === 0 ? 'health.noCameras' : 'health.undecided')}</span>;
  return rate.reached ? (
    <span className="target reached">
      <CheckOutlined aria-hidden /> {t('health.reached')}
    </span>
  ) : (
    <span className="target missed">
      <WarningFilled aria-hidden /> {t('health.missed')}
    </span>
  );
}

/** A count; of what the list can be narrowed to, a button. */
function Count({ name, part, value }: { name: RateName; part: 'good' | 'bad' | 'unknown'; value: number }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const chosen = useApp((state) => state.healthFilter.online);
  const words = t(`health.parts.${name}.${part}`, { value: count(value, lang) });
  if (name !== 'online') return <span className={part}>{words}</span>;
  const wanted: Reached = part === 'good' ? 'true' : part === 'bad' ? 'false' : 'unknown';
  return (
    <button
      type="button"
      className={`plain ${part}`}
      data-online={wanted}
      aria-pressed={chosen === wanted}
      title={t('health.filterHelp')}
      onClick={() => store.getState().setHealthFilter({ online: chosen === wanted ? null : wanted })}
    >
      {words}
    </button>
  );
}

function RateCard({ name, rate }: { name: RateName; rate: Rate }) {
  const { t } = useTranslation();
  const lang = useLang();
  const lack = rate.reached === false ? lacking(rate) : 0;
  const share = rate.share === null ? '–' : `${percent(rate.share)} %`;
  return (
    <section className="ratecard" data-rate={name} aria-label={t(`health.rates.${name}`)}>
      <header>
        <h3>{t(`health.rates.${name}`)}</h3>
        <span className="soft">{t(`health.rateHelp.${name}`)}</span>
      </header>
      <div className="figure">
        <strong>{share}</strong>
        <div>
          <TargetWord rate={rate} />
          <div className="soft">
            {t('health.target', { value: `${percent(rate.target)} %` })}
            {lack > 0 && ` · ${t('health.lacking', { count: lack, value: count(lack, lang) })}`}
          </div>
        </div>
      </div>
      <RateBar rate={rate} label={share} />
      <div className="counts">
        <Count name={name} part="good" value={rate.good} />
        <Count name={name} part="bad" value={rate.bad} />
        <Count name={name} part="unknown" value={rate.unknown} />
      </div>
    </section>
  );
}

/** The three rates of all cameras against what they should reach. */
export function Rates({ all }: { all: GroupRates }) {
  return (
    <div className="ratecards" id="health-rates">
      {RATES.map((name) => (
        <RateCard key={name} name={name} rate={all[name]} />
      ))}
    </div>
  );
}
