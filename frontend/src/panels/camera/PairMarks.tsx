import { type PointerEvent, useRef } from 'react';
import type { Residual } from '../../api/cameraTypes';
import type { Pair, Pixel } from '../../model/pairs';

/** Residuals are drawn this many times as long as they are. */
export const ARROW_TIMES = 10;

interface PairMarksProps {
  pairs: readonly Pair[];
  chosen: number | null;
  unit: number;
  residuals: ReadonlyMap<number, Residual>;
  onChoose: (number: number) => void;
  onDrag: (number: number, pixel: Pixel) => void;
}

/** Numbered markers in the picture, to be dragged, with the residuals as arrows. */
export function PairMarks({ pairs, chosen, unit, residuals, onChoose, onDrag }: PairMarksProps) {
  const held = useRef<{ x: number; y: number; pixel: Pixel } | null>(null);
  const down = (pair: Pair & { pixel: Pixel }) => (event: PointerEvent<SVGGElement>) => {
    if (event.button !== 0) return;
    event.stopPropagation();
    event.currentTarget.setPointerCapture?.(event.pointerId);
    held.current = { x: event.clientX, y: event.clientY, pixel: pair.pixel };
    onChoose(pair.number);
  };
  const move = (number: number) => (event: PointerEvent<SVGGElement>) => {
    const start = held.current;
    if (!start) return;
    event.stopPropagation();
    const by = [event.clientX - start.x, event.clientY - start.y] as const;
    if (Math.hypot(...by) < 3) return;
    onDrag(number, [start.pixel[0] + by[0] * unit, start.pixel[1] + by[1] * unit]);
  };
  const up = (event: PointerEvent<SVGGElement>) => {
    if (held.current) event.stopPropagation();
    held.current = null;
  };
  return pairs.flatMap((pair) => {
    const { pixel, number } = pair;
    if (!pixel) return [];
    const [u, v] = pixel;
    const seen = residuals.get(number)?.projected;
    const tip = seen && [u + ARROW_TIMES * (seen[0] - u), v + ARROW_TIMES * (seen[1] - v)];
    return [
      <g
        key={number}
        className={`pairmark${number === chosen ? ' chosen' : ''}`}
        data-pair={number}
        onPointerDown={down({ ...pair, pixel })}
        onPointerMove={move(number)}
        onPointerUp={up}
      >
        {tip && <line className="residual" x1={u} y1={v} x2={tip[0]} y2={tip[1]} />}
        <line x1={u - 6 * unit} x2={u + 6 * unit} y1={v} y2={v} />
        <line y1={v - 6 * unit} y2={v + 6 * unit} x1={u} x2={u} />
        <circle cx={u + 13 * unit} cy={v - 13 * unit} r={9 * unit} />
        <text x={u + 13 * unit} y={v - 13 * unit} fontSize={12 * unit}>
          {number}
        </text>
      </g>,
    ];
  });
}
