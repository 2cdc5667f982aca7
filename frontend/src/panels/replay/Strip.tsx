import { type KeyboardEvent, type PointerEvent, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { IncidentFeature } from '../../api/situation';
import { SEVERITY_COLOURS } from '../../model/incidents';
import type { CityTime } from './cityTime';
import { type Span, shareOf, ticksOf, timeAt } from './timeline';

interface StripProps {
  span: Span;
  at: number;
  live: boolean;
  incidents: readonly IncidentFeature[];
  city: CityTime;
  onPick: (time: number) => void;
  onStep: (by: number) => void;
}

const percent = (share: number) => `${(100 * Math.min(1, Math.max(0, share))).toFixed(3)}%`;

/** The strip itself: drawn along, or walked along by keys. */
export function Strip({ span, at, live, incidents, city, onPick, onStep }: StripProps) {
  const { t } = useTranslation();
  const strip = useRef<HTMLDivElement>(null);
  const ticks = useMemo(() => ticksOf(span, city.minutes), [span, city]);
  const marks = useMemo(
    () =>
      incidents
        .map(({ id, properties }) => ({ id, properties, time: Date.parse(properties.reported_at) }))
        .filter(({ time }) => time >= span.from && time <= span.to),
    [incidents, span],
  );
  const pick = (event: PointerEvent) => {
    const box = strip.current?.getBoundingClientRect();
    if (box) onPick(timeAt((event.clientX - box.left) / box.width, span));
  };
  const key = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -10_000, ArrowRight: 10_000, PageDown: -600_000, PageUp: 600_000 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    onStep(event.shiftKey ? by * 6 : by);
  };
  return (
    <div
      ref={strip}
      className="replay-strip"
      id="replay-strip"
      role="slider"
      tabIndex={0}
      aria-label={t('replay.slider')}
      aria-valuemin={span.from}
      aria-valuemax={span.to}
      aria-valuenow={Math.round(at)}
      aria-valuetext={city.full(at)}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        pick(event);
      }}
      onPointerMove={(event) => event.currentTarget.hasPointerCapture(event.pointerId) && pick(event)}
      onKeyDown={key}
    >
      {ticks.map(({ time, named }) => (
        <span key={time} className={`tick${named ? ' named' : ''}`} style={{ left: percent(shareOf(time, span)) }}>
          {named && city.short(time)}
        </span>
      ))}
      {marks.map(({ id, properties, time }) => (
        <span
          key={id}
          className="happened"
          data-incident={id}
          title={t('replay.incident', {
            time: city.clock(time),
            category: t(`incident.categories.${properties.category}`),
            address: properties.address,
          })}
          style={{ left: percent(shareOf(time, span)), background: SEVERITY_COLOURS[properties.severity] }}
        />
      ))}
      <span className={`hand${live ? ' live' : ''}`} style={{ left: percent(shareOf(at, span)) }} />
    </div>
  );
}
