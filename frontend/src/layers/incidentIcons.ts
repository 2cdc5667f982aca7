/** Signs of incidents and checkpoints. Severity is told by its number and its size, colour only helps. */
import type { Severity } from '../api/situation';
import { EXERCISE_COLOUR, SEVERITIES, SEVERITY_COLOURS, SEVERITY_MARKS } from '../model/incidents';
import { canvas, type Icon, shortCount } from './icons';

const INK = '#0a0e15';
const FONT = '"Noto Sans SC", system-ui, sans-serif';
/** What has to be there before a sign can be drawn. */
export const GLYPH_FONT = `600 13px ${FONT}`;
const RADIUS: Record<Severity, number> = { 1: 15, 2: 13.5, 3: 12, 4: 11 };
const SIZE = { across: 50, down: 56 };
/** Beside and over the head, for the word that says that it is an exercise. */
const RIBBON = { across: 66, down: 15 };
const HATCH = '#9aa8bb';

export interface IncidentLook {
  glyph: string;
  severity: Severity;
  /** new: nobody has taken it; done: resolved */
  stage: 'new' | 'working' | 'done';
  overdue: boolean;
  chosen: boolean;
  /** written under the head of what is only played; null: it is real */
  exercise: string | null;
}

/** A drop whose tip is the origin and whose head has radius `r` above it. */
function drop(pen: CanvasRenderingContext2D, r: number): void {
  const middle = -(r + 12);
  pen.beginPath();
  pen.moveTo(0, 0);
  pen.lineTo(-r * 0.8, middle + r * 0.6);
  pen.arc(0, middle, r, Math.PI - 0.64, 0.64);
  pen.closePath();
}

function badge(pen: CanvasRenderingContext2D, x: number, y: number, text: string, fill: string, ink: string): void {
  pen.beginPath();
  pen.arc(x, y, 7.2, 0, 2 * Math.PI);
  pen.fillStyle = fill;
  pen.fill();
  pen.fillStyle = ink;
  pen.font = `600 10px ${FONT}`;
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  pen.fillText(text, x, y + 0.5);
}

/** Pale and hatched over the outline that is there: nothing that anybody is called to. */
function hatch(pen: CanvasRenderingContext2D, r: number): void {
  pen.save();
  pen.clip();
  pen.lineWidth = 2.4;
  pen.strokeStyle = HATCH;
  pen.beginPath();
  for (let x = -4 * r; x < 4 * r; x += 6) {
    pen.moveTo(x, 0);
    pen.lineTo(x + 2 * r + 14, -(2 * r + 14));
  }
  pen.stroke();
  pen.restore();
}

function ribbon(pen: CanvasRenderingContext2D, y: number, text: string): void {
  pen.font = `600 10px ${FONT}`;
  const half = pen.measureText(text).width / 2 + 4;
  pen.beginPath();
  pen.roundRect(-half, y - 7, 2 * half, 14, 3);
  pen.fillStyle = INK;
  pen.fill();
  pen.lineWidth = 1.2;
  pen.strokeStyle = EXERCISE_COLOUR;
  pen.setLineDash([3, 2]);
  pen.stroke();
  pen.setLineDash([]);
  pen.fillStyle = '#ffffff';
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  pen.fillText(text, 0, y + 0.5);
}

/** The body of what is played: its edge is dashed, and under what stands in it the hatching is left out. */
function playedBody(pen: CanvasRenderingContext2D, r: number): void {
  pen.fillStyle = EXERCISE_COLOUR;
  pen.fill();
  hatch(pen, r);
  drop(pen, r);
  pen.lineWidth = 2;
  pen.strokeStyle = INK;
  pen.setLineDash([4, 2.5]);
  pen.stroke();
  pen.setLineDash([]);
  pen.beginPath();
  pen.arc(0, -(r + 12), r * 0.68, 0, 2 * Math.PI);
  pen.fillStyle = EXERCISE_COLOUR;
  pen.fill();
}

export function incidentIcon({ glyph, severity, stage, overdue, chosen, exercise }: IncidentLook): Icon {
  return {
    key: `incident-${glyph}-${severity}-${stage}-${overdue}-${chosen}-${exercise ?? ''}`,
    draw() {
      const r = RADIUS[severity];
      const played = exercise !== null;
      const across = played ? RIBBON.across : SIZE.across;
      const down = SIZE.down + (played ? RIBBON.down : 0);
      const [element, pen] = canvas(across, down);
      const colour = SEVERITY_COLOURS[severity];
      pen.translate(across / 2, down - 2);
      if (chosen) {
        drop(pen, r + 4);
        pen.fillStyle = 'rgba(255, 255, 255, 0.9)';
        pen.fill();
      }
      drop(pen, r);
      if (played) playedBody(pen, r);
      else {
        pen.fillStyle = stage === 'done' ? '#27384c' : colour;
        pen.fill();
        pen.lineWidth = stage === 'new' ? 2.6 : 1.8;
        pen.strokeStyle = stage === 'new' ? '#ffffff' : stage === 'done' ? colour : INK;
        pen.stroke();
      }
      pen.fillStyle = stage === 'done' && !played ? '#e9eef6' : INK;
      pen.font = `600 ${glyph.length > 1 ? 11 : 13}px ${FONT}`;
      pen.textAlign = 'center';
      pen.textBaseline = 'middle';
      pen.fillText(glyph, 0, -(r + 11.5));
      badge(pen, r, -(2 * r + 8), SEVERITY_MARKS[severity], INK, colour);
      if (overdue && !played) badge(pen, -r, -(2 * r + 8), '!', '#ffffff', '#d3122a');
      if (played) ribbon(pen, -(2 * r + 24), exercise);
      return element;
    },
  };
}

/** Severities that are there, with their numbers, under the sum. */
function legend(pen: CanvasRenderingContext2D, counts: readonly number[], played: string, y: number): void {
  const parts = SEVERITIES.filter((severity) => (counts[severity - 1] ?? 0) > 0).map((severity) => ({
    colour: SEVERITY_COLOURS[severity],
    text: `${SEVERITY_MARKS[severity]}${shortCount(counts[severity - 1] ?? 0)}`,
  }));
  const exercises = counts[EXERCISES] ?? 0;
  if (exercises > 0) parts.push({ colour: EXERCISE_COLOUR, text: `${played} ${shortCount(exercises)}` });
  pen.font = `600 10px ${FONT}`;
  pen.textAlign = 'left';
  pen.textBaseline = 'middle';
  const widths = parts.map(({ text }) => pen.measureText(text).width + 6);
  const width = widths.reduce((a, b) => a + b, 0) + 4;
  pen.fillStyle = 'rgba(10, 14, 21, 0.86)';
  pen.beginPath();
  pen.roundRect(-width / 2, y - 8, width, 16, 5);
  pen.fill();
  let x = -width / 2 + 5;
  parts.forEach(({ colour, text }, i) => {
    pen.fillStyle = colour;
    pen.fillText(text, x, y + 0.5);
    x += widths[i] ?? 0;
  });
}

/** Where in the counts of a group exercises are, after the severities of what is real. */
export const EXERCISES = SEVERITIES.length;

/** Square, so that it is not taken for cameras; its frame has the colour of the worst real one inside, and is dashed
    where all of it is played. What is played is counted apart. */
export function incidentGroupIcon(counts: readonly number[], played: string): Icon {
  const real = counts.slice(0, EXERCISES).reduce((a, b) => a + b, 0);
  const total = real > 0 ? real : (counts[EXERCISES] ?? 0);
  const worst = SEVERITIES.find((severity) => (counts[severity - 1] ?? 0) > 0);
  return {
    key: `incidents-${counts.join('-')}-${counts[EXERCISES] ? played : ''}`,
    draw() {
      const half = Math.min(22, 13 + 3 * Math.log10(Math.max(1, total)));
      const [element, pen] = canvas(150, 2 * half + 26);
      pen.translate(75, half + 3);
      pen.beginPath();
      pen.roundRect(-half, -half, 2 * half, 2 * half, 5);
      pen.fillStyle = worst ? 'rgba(38, 14, 20, 0.92)' : 'rgba(34, 44, 59, 0.92)';
      pen.fill();
      pen.lineWidth = 3;
      pen.strokeStyle = worst ? SEVERITY_COLOURS[worst] : EXERCISE_COLOUR;
      if (!worst) pen.setLineDash([5, 3]);
      pen.stroke();
      pen.setLineDash([]);
      pen.fillStyle = '#ffffff';
      pen.font = `600 ${total < 1000 ? 13 : 12}px ${FONT}`;
      pen.textAlign = 'center';
      pen.textBaseline = 'middle';
      pen.fillText(shortCount(total), 0, 0.5);
      legend(pen, counts, played, half + 12);
      return element;
    },
  };
}

const STATUS_COLOURS: Record<string, string> = { 'in-service': '#c3a6ff', fault: '#ff8b6b', planned: '#8fa3b8' };

/** A gate over a road, on a pole so that cameras at the same place do not hide it; crossed out where it does not work. */
export function checkpointIcon(status: string, chosen: boolean): Icon {
  return {
    key: `checkpoint-${status}-${chosen}`,
    draw() {
      const [element, pen] = canvas(34, 58);
      pen.translate(17, 17);
      pen.beginPath();
      pen.moveTo(0, 11);
      pen.lineTo(0, 40);
      pen.lineWidth = 2;
      pen.strokeStyle = '#e6dbff';
      pen.stroke();
      if (chosen) {
        pen.beginPath();
        pen.arc(0, 0, 16, 0, 2 * Math.PI);
        pen.strokeStyle = '#ffffff';
        pen.lineWidth = 2;
        pen.stroke();
      }
      pen.beginPath();
      pen.roundRect(-11, -11, 22, 22, 4);
      pen.fillStyle = STATUS_COLOURS[status] ?? '#8fa3b8';
      pen.fill();
      pen.lineWidth = 1.6;
      pen.strokeStyle = INK;
      pen.stroke();
      pen.lineWidth = 2.2;
      pen.beginPath();
      pen.moveTo(-7, 7);
      pen.lineTo(-7, -5);
      pen.lineTo(7, -5);
      pen.lineTo(7, 7);
      pen.moveTo(-2.6, -5);
      pen.lineTo(-2.6, 0);
      pen.moveTo(2.6, -5);
      pen.lineTo(2.6, 0);
      if (status === 'fault') {
        pen.moveTo(-7, 7);
        pen.lineTo(7, -7);
      }
      pen.stroke();
      return element;
    },
  };
}

export function checkpointGroupIcon(total: number): Icon {
  return {
    key: `checkpoints-${total}`,
    draw() {
      const [element, pen] = canvas(40, 24);
      pen.translate(20, 12);
      pen.beginPath();
      pen.roundRect(-18, -10, 36, 20, 4);
      pen.fillStyle = 'rgba(28, 20, 44, 0.92)';
      pen.fill();
      pen.lineWidth = 2;
      pen.strokeStyle = STATUS_COLOURS['in-service'] ?? INK;
      pen.stroke();
      pen.fillStyle = '#e6dbff';
      pen.font = `600 11px ${FONT}`;
      pen.textAlign = 'center';
      pen.textBaseline = 'middle';
      pen.fillText(`▣ ${shortCount(total)}`, 0, 0.5);
      return element;
    },
  };
}
