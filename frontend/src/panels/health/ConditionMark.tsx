import { useTranslation } from 'react-i18next';
import type { ImageFault } from '../../api/health';
import { type Condition, type Sign, signOf, UNKNOWN } from '../../model/health';
import { useApp } from '../app';
import { useHealthWords } from './words';

/** A shape for each state, so that colour alone says nothing. */
const GLYPHS: Record<Sign, string> = { online: '●', offline: '✕', fault: '▲', unknown: '○' };

interface SignProps {
  sign: Sign;
  word: string;
  title?: string | undefined;
}

/** Sign and word. */
export function StateSign({ sign, word, title }: SignProps) {
  return (
    <span className={`healthsign ${sign}`} title={title}>
      <span className="glyph" aria-hidden>
        {GLYPHS[sign]}
      </span>
      <span className="word">{word}</span>
    </span>
  );
}

/** Whether it is reached. */
export function OnlineSign({ online, title }: { online: boolean | null; title?: string | undefined }) {
  const { t } = useTranslation();
  const sign = online === null ? 'unknown' : online ? 'online' : 'offline';
  return <StateSign sign={sign} word={t(`health.state.${sign}`)} title={title} />;
}

/** Faults of a picture, each a word of its own. */
export function FaultTags({ faults }: { faults: readonly ImageFault[] }) {
  const words = useHealthWords();
  if (faults.length === 0) return null;
  return (
    <span className="faulttags">
      {faults.map((fault) => (
        <StateSign key={fault} sign="fault" word={words.fault(fault)} />
      ))}
    </span>
  );
}

/** How a camera is, in one sign; of one that is as it should be, or that nobody knows about, nothing. */
export function ConditionMark({ condition }: { condition: Condition }) {
  const { t } = useTranslation();
  const words = useHealthWords();
  const sign = signOf(condition);
  if (sign === 'offline') return <StateSign sign={sign} word={t('health.state.offline')} />;
  if (sign !== 'fault') return null;
  const all = words.faults(condition.faults);
  const [first] = condition.faults;
  const more = condition.faults.length - 1;
  const word = first ? words.fault(first) : '';
  return <StateSign sign={sign} word={more > 0 ? `${word} +${more}` : word} title={more > 0 ? all : undefined} />;
}

/** The same of a camera by its id, drawn anew when that one changes. */
export function CameraMark({ camera }: { camera: string }) {
  const condition = useApp((state) => state.conditions.get(camera) ?? UNKNOWN);
  return <ConditionMark condition={condition} />;
}
