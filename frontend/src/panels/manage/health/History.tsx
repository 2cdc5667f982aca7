import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { HealthSpell } from '../../../api/health';
import { lanes } from '../../../model/health';
import { StateSign } from '../../health/ConditionMark';
import { useHealthWords } from '../../health/words';
import { useNow } from '../../incidents/now';

const DAY_MS = 86_400_000;
const SPAN_DAYS = 90;
const FEW = 8;
const TICKS = [90, 60, 30, 0];

/** What a camera went through in the last ninety days: a lane for each state, and the list of it. */
export function History({ history }: { history: readonly HealthSpell[] }) {
  const { t } = useTranslation();
  const words = useHealthWords();
  const now = useNow(60_000);
  const [all, setAll] = useState(false);
  if (history.length === 0) return <p className="soft">{t('health.noHistory')}</p>;
  const word = (state: HealthSpell['state']) =>
    state === 'online' || state === 'offline' ? t(`health.state.${state}`) : words.fault(state);
  const told = ({ state, from, to }: HealthSpell) =>
    t(to === null ? 'health.spellOpen' : 'health.spell', {
      state: word(state),
      from: words.moment(from),
      to: to === null ? '' : words.moment(to),
      length: words.length((to === null ? now : Date.parse(to)) - Date.parse(from)),
    });
  const drawn = [...lanes(history, now - SPAN_DAYS * DAY_MS, now)];
  return (
    <div id="health-history">
      {drawn.length > 0 && (
        <div className="lanes">
          {drawn.map(([state, blocks]) => (
            <div className="lane" key={state}>
              <span className="soft">{word(state)}</span>
              <div>
                {blocks.map(({ at, wide, spell }) => (
                  <i
                    key={spell.from}
                    className={state === 'offline' ? 'offline' : 'fault'}
                    title={told(spell)}
                    style={{ left: `${at * 100}%`, width: `max(2px, ${wide * 100}%)` }}
                  />
                ))}
              </div>
            </div>
          ))}
          <div className="lane ticks" aria-hidden>
            <span />
            <div>
              {TICKS.map((days) => (
                <span key={days} style={{ left: `${100 - (100 * days) / SPAN_DAYS}%` }}>
                  {days === 0 ? t('health.now') : t('health.daysAgo', { count: days })}
                </span>
              ))}
            </div>
          </div>
        </div>
      )}
      <ol className="spells">
        {history.slice(0, all ? undefined : FEW).map((spell) => (
          <li key={`${spell.state} ${spell.from}`}>
            <StateSign
              sign={spell.state === 'online' || spell.state === 'offline' ? spell.state : 'fault'}
              word={word(spell.state)}
            />
            <span className="grow">
              {words.moment(spell.from)} – {spell.to === null ? t('health.now') : words.moment(spell.to)}
            </span>
            <span className="soft">
              {words.length((spell.to === null ? now : Date.parse(spell.to)) - Date.parse(spell.from))}
            </span>
          </li>
        ))}
      </ol>
      {history.length > FEW && (
        <Button size="small" type="link" onClick={() => setAll(!all)}>
          {all ? t('health.fewer') : t('health.allSpells', { count: history.length })}
        </Button>
      )}
    </div>
  );
}
