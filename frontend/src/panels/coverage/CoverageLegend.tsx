import { CloseOutlined } from '@ant-design/icons';
import { Button, Progress } from 'antd';
import { useTranslation } from 'react-i18next';
import type { CityCoverageAnswer } from '../../api/cityCoverage';
import type { Seen } from '../../model/cityState';
import { SEEN_COLOURS } from '../../model/classes';
import { stepsOf } from '../../model/ramp';
import { useApp, useAppContext, useLang } from '../app';
import { count, surface } from '../format';
import { Trouble } from '../Trouble';
import { useCityCoverage, useFacades } from './data';
import { percent, statistic } from './words';

const STATES: readonly Seen[] = ['seen', 'single', 'blind'];

function Swatch({ colour, children }: { colour: string; children: React.ReactNode }) {
  return (
    <li>
      <i className="swatch" style={{ background: colour }} />
      {children}
    </li>
  );
}

/** While figures are being worked out: what is done, and of how much. */
export function Working({ answer }: { answer: CityCoverageAnswer }) {
  const { t } = useTranslation();
  if (answer.current) return null;
  const { done, total, text } = answer.progress;
  return (
    <div className="working" role="status">
      <span className="soft">{answer.version === null ? text : `${t('cover.older')} ${text}`}</span>
      {total > 0 && <Progress size="small" percent={Math.floor((100 * done) / total)} />}
    </div>
  );
}

function Facades() {
  const { t } = useTranslation();
  const lang = useLang();
  const { data, error } = useFacades(true);
  return (
    <>
      <div className="soft">{t('cover.facades')}</div>
      {error && <Trouble error={error} />}
      <ul>
        {STATES.map((state) => (
          <Swatch key={state} colour={SEEN_COLOURS[state]}>
            {t(`cover.state.${state}`)}
            {data && <span className="n">{count(data.counts[state] ?? 0, lang)}</span>}
          </Swatch>
        ))}
      </ul>
    </>
  );
}

function Hexagons() {
  const { t } = useTranslation();
  const lang = useLang();
  const hexagons = useApp((state) => state.hexagons);
  if (!hexagons) return null;
  const { property, collection } = hexagons;
  const steps = stepsOf(collection.features.map(({ properties }) => Number(properties?.[property])));
  return (
    <>
      <div className="soft">{t(`cover.statistic.${property}`)}</div>
      <ul id="hexagon-legend">
        {steps.map(({ from, to, colour }) => (
          <Swatch key={from} colour={colour}>
            {[...new Set([from, to].map((value) => statistic(property, value, lang)))].join(' – ')}
          </Swatch>
        ))}
      </ul>
    </>
  );
}

function Layer({ answer }: { answer: CityCoverageAnswer }) {
  const { t } = useTranslation();
  const lang = useLang();
  const layer = useApp((state) => state.cityCoverage.layer);
  if (layer === null) return null;
  const built = answer.figures?.built;
  return (
    <>
      <ul data-legend={layer}>
        {(answer.legend[layer] ?? []).map(({ value, colour, label }) => (
          <Swatch key={value} colour={colour}>
            {label}
          </Swatch>
        ))}
      </ul>
      {built && (
        <dl className="facts-table" id="coverage-legend-figures">
          <dt>{t('cover.coveredBuilt')}</dt>
          <dd data-figure="covered_share">{percent(built.covered_share, lang)}</dd>
          <dt>{t('cover.blind')}</dt>
          <dd data-figure="blind_m2">{surface(built.blind_m2, lang)}</dd>
          <dt>{t('cover.single')}</dt>
          <dd data-figure="single_m2">{surface(built.single_m2, lang)}</dd>
        </dl>
      )}
    </>
  );
}

/** What the colours of the chosen layer mean, and the figures that go with them. */
export function CoverageLegend() {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const choice = useApp((state) => state.cityCoverage);
  const shown = choice.layer !== null || choice.facades || choice.hexagons !== null;
  const { data, error, refetch } = useCityCoverage(shown);
  if (!shown) return null;
  return (
    <aside className="coverage-legend" id="coverage-legend" aria-label={t('cover.legend')}>
      <header>
        <strong>{choice.layer ? t(`cover.layer.${choice.layer}`) : t('cover.city')}</strong>
        <Button
          type="text"
          size="small"
          icon={<CloseOutlined />}
          aria-label={t('cover.hide')}
          onClick={() => store.getState().setCityCoverage({ layer: null, facades: false, hexagons: null })}
        />
      </header>
      {error && <Trouble error={error} retry={() => refetch()} />}
      {data && <Working answer={data} />}
      {data && <Layer answer={data} />}
      {choice.facades && <Facades />}
      {choice.hexagons !== null && <Hexagons />}
      <div className="soft">
        ≥ {t(`class.${choice.minClass}`)} · {choice.ladder}
        {choice.tier !== null && ` · ${t(`tier.${choice.tier}`)}`}
      </div>
    </aside>
  );
}
