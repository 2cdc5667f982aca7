/** Map signs, drawn at twice their size on canvas and kept by key. */
import type { CameraSummary, Tier } from '../api/types';
import { TIER_COLOURS } from '../model/classes';
import type { Sign } from '../model/health';
import { paper } from './paper';

export const PIXEL_RATIO = 2;
const INK = '#0a0e15';
const TIERS: readonly Tier[] = [1, 2, 3];

export interface Icon {
  key: string;
  draw(): HTMLCanvasElement;
}

/** Paper of so many pixels of the page, drawn finer. */
export function canvas(width: number, height: number): [HTMLCanvasElement, CanvasRenderingContext2D] {
  const [element, pen] = paper(width * PIXEL_RATIO, height * PIXEL_RATIO);
  pen.scale(PIXEL_RATIO, PIXEL_RATIO);
  return [element, pen];
}

/** The outline of a tier's sign around the origin. */
function tierPath(pen: CanvasRenderingContext2D, tier: Tier, r: number): void {
  pen.beginPath();
  if (tier === 3) pen.arc(0, 0, r, 0, 2 * Math.PI);
  else if (tier === 2) pen.roundRect(-r * 0.92, -r * 0.92, r * 1.84, r * 1.84, r * 0.3);
  else {
    const tip = r * 1.28;
    pen.moveTo(0, -tip);
    pen.lineTo(tip, 0);
    pen.lineTo(0, tip);
    pen.lineTo(-tip, 0);
    pen.closePath();
  }
}

const RADIUS: Record<Tier, number> = { 1: 10, 2: 9, 3: 8 };

function lens(pen: CanvasRenderingContext2D): void {
  pen.fillStyle = INK;
  pen.beginPath();
  pen.roundRect(-4.6, -2.9, 6.4, 5.8, 1.3);
  pen.moveTo(2.3, -0.7);
  pen.lineTo(5, -2.5);
  pen.lineTo(5, 2.5);
  pen.lineTo(2.3, 0.7);
  pen.closePath();
  pen.fill();
}

/** A dome: the camera turns. */
function dome(pen: CanvasRenderingContext2D): void {
  pen.fillStyle = INK;
  pen.beginPath();
  pen.rect(-4.6, -3.6, 9.2, 2);
  pen.fill();
  pen.beginPath();
  pen.arc(0, -0.9, 4, 0, Math.PI);
  pen.fill();
  pen.fillStyle = '#ffffff';
  pen.beginPath();
  pen.arc(0, 0.5, 1.2, 0, 2 * Math.PI);
  pen.fill();
}

function question(pen: CanvasRenderingContext2D): void {
  pen.fillStyle = INK;
  pen.font = '600 11px "Noto Sans SC", system-ui, sans-serif';
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  pen.fillText('?', 0, 0.8);
}

export type Face = 'fixed' | 'ptz' | 'unknown';

/** What a camera's sign shows: a dome turns, a lens looks one way, a question mark: nobody knows which. */
export function faceOf({ type, heading }: Pick<CameraSummary, 'type' | 'heading'>): Face {
  if (type === 'ptz') return 'ptz';
  return heading === null ? 'unknown' : 'fixed';
}

const FACES: Record<Face, (pen: CanvasRenderingContext2D) => void> = { fixed: lens, ptz: dome, unknown: question };

/** A badge at the upper right: a cross where the camera is not reached, an exclamation mark where its picture is bad. */
function badge(pen: CanvasRenderingContext2D, sign: 'offline' | 'fault'): void {
  pen.save();
  pen.setLineDash([]);
  pen.translate(8, -8);
  pen.beginPath();
  pen.arc(0, 0, 5.5, 0, 2 * Math.PI);
  pen.fillStyle = sign === 'offline' ? '#d8413e' : '#f0bd68';
  pen.fill();
  pen.strokeStyle = INK;
  pen.lineWidth = 1.2;
  pen.stroke();
  pen.strokeStyle = sign === 'offline' ? '#ffffff' : INK;
  pen.lineWidth = 1.7;
  pen.beginPath();
  if (sign === 'offline') {
    pen.moveTo(-2.2, -2.2);
    pen.lineTo(2.2, 2.2);
    pen.moveTo(2.2, -2.2);
    pen.lineTo(-2.2, 2.2);
  } else {
    pen.moveTo(0, -3.2);
    pen.lineTo(0, 0.8);
    pen.moveTo(0, 2.2);
    pen.lineTo(0, 3.2);
  }
  pen.stroke();
  pen.restore();
}

/** One that is not reached is dimmed, too. */
export function cameraIcon(tier: Tier, face: Face, selected: boolean, sign: Sign = 'unknown'): Icon {
  const marked = sign === 'offline' || sign === 'fault' ? sign : undefined;
  return {
    key: `camera-${tier}-${face}-${selected ? 's' : 'n'}${marked ? `-${marked}` : ''}`,
    draw() {
      const size = selected ? 44 : 32;
      const [element, pen] = canvas(size, size);
      pen.translate(size / 2, size / 2);
      if (selected) {
        pen.strokeStyle = '#ffffff';
        pen.lineWidth = 2;
        pen.shadowColor = TIER_COLOURS[tier];
        pen.shadowBlur = 10;
        pen.beginPath();
        pen.arc(0, 0, 17, 0, 2 * Math.PI);
        pen.stroke();
        pen.shadowBlur = 0;
      }
      tierPath(pen, tier, RADIUS[tier]);
      pen.fillStyle = TIER_COLOURS[tier];
      pen.globalAlpha = marked === 'offline' ? 0.5 : face === 'unknown' ? 0.72 : 1;
      pen.fill();
      pen.globalAlpha = 1;
      pen.strokeStyle = INK;
      pen.lineWidth = 1.8;
      pen.setLineDash(face === 'unknown' ? [2.5, 2] : []);
      pen.stroke();
      FACES[face](pen);
      if (marked) badge(pen, marked);
      return element;
    },
  };
}

/** A beam from the middle upwards; the billboard is turned so that up is where the camera looks. */
export function wedgeIcon(tier: Tier, selected: boolean): Icon {
  return {
    key: `wedge-${tier}-${selected ? 's' : 'n'}`,
    draw() {
      const size = 72;
      const [element, pen] = canvas(size, size);
      pen.translate(size / 2, size / 2);
      const beam = pen.createRadialGradient(0, 0, 6, 0, 0, 34);
      beam.addColorStop(0, `${TIER_COLOURS[tier]}${selected ? 'ff' : 'd9'}`);
      beam.addColorStop(1, `${TIER_COLOURS[tier]}00`);
      pen.fillStyle = beam;
      pen.beginPath();
      pen.moveTo(0, 0);
      pen.arc(0, 0, 34, -Math.PI / 2 - 0.45, -Math.PI / 2 + 0.45);
      pen.closePath();
      pen.fill();
      return element;
    },
  };
}

/** Shares of a ring, in turns; a tier that is there at all gets enough to be seen. */
export function shares(counts: Record<Tier, number>): Record<Tier, number> {
  const LEAST = 1 / 14;
  const total = counts[1] + counts[2] + counts[3];
  const raised = TIERS.map((tier) => (counts[tier] === 0 ? 0 : Math.max(LEAST, counts[tier] / total)));
  const sum = raised.reduce((a, b) => a + b, 0);
  return { 1: (raised[0] ?? 0) / sum, 2: (raised[1] ?? 0) / sum, 3: (raised[2] ?? 0) / sum };
}

/** `7234` as `7.2k` where the full number would not fit. */
export function shortCount(count: number): string {
  if (count < 1000) return String(count);
  return count < 10_000 ? `${(count / 1000).toFixed(1)}k` : `${Math.round(count / 1000)}k`;
}

function ring(pen: CanvasRenderingContext2D, counts: Record<Tier, number>, r: number): void {
  const part = shares(counts);
  let from = -Math.PI / 2;
  pen.lineWidth = 4.5;
  for (const tier of TIERS) {
    if (part[tier] === 0) continue;
    const to = from + part[tier] * 2 * Math.PI;
    pen.strokeStyle = TIER_COLOURS[tier];
    pen.beginPath();
    pen.arc(0, 0, r, from, to);
    pen.stroke();
    from = to;
  }
}

/** Small signs with numbers under the ring, one for each tier that is there. */
function legend(pen: CanvasRenderingContext2D, counts: Record<Tier, number>, y: number): void {
  pen.font = '600 9.5px "Noto Sans SC", system-ui, sans-serif';
  pen.textAlign = 'left';
  pen.textBaseline = 'middle';
  const parts = TIERS.filter((tier) => counts[tier] > 0).map((tier) => ({ tier, text: shortCount(counts[tier]) }));
  const widths = parts.map(({ text }) => 9 + pen.measureText(text).width + 5);
  const width = widths.reduce((a, b) => a + b, 0) + 3;
  pen.fillStyle = 'rgba(10, 14, 21, 0.82)';
  pen.beginPath();
  pen.roundRect(-width / 2, y - 7, width, 14, 7);
  pen.fill();
  let x = -width / 2 + 8;
  parts.forEach(({ tier, text }, i) => {
    pen.save();
    pen.translate(x, y);
    tierPath(pen, tier, 3);
    pen.fillStyle = TIER_COLOURS[tier];
    pen.fill();
    pen.restore();
    pen.fillStyle = '#e9eef6';
    pen.fillText(text, x + 5, y + 0.5);
    x += widths[i] ?? 0;
  });
}

export function clusterIcon(counts: Record<Tier, number>): Icon {
  const total = counts[1] + counts[2] + counts[3];
  return {
    key: `cluster-${counts[1]}-${counts[2]}-${counts[3]}`,
    draw() {
      const r = Math.min(25, 13 + 2.6 * Math.log10(total) * 1.6);
      const mixed = TIERS.filter((tier) => counts[tier] > 0).length > 1;
      const [width, height] = [Math.max(2 * r + 14, mixed ? 112 : 0), 2 * r + 14 + (mixed ? 18 : 0)];
      const [element, pen] = canvas(width, height);
      pen.translate(width / 2, r + 7);
      pen.fillStyle = 'rgba(10, 14, 21, 0.86)';
      pen.beginPath();
      pen.arc(0, 0, r + 3, 0, 2 * Math.PI);
      pen.fill();
      ring(pen, counts, r);
      pen.fillStyle = '#ffffff';
      pen.font = `600 ${total < 1000 ? 13 : 12}px "Noto Sans SC", system-ui, sans-serif`;
      pen.textAlign = 'center';
      pen.textBaseline = 'middle';
      pen.fillText(shortCount(total), 0, 0.5);
      if (mixed) legend(pen, counts, r + 12);
      return element;
    },
  };
}

/** A pin whose tip is at the bottom middle. */
export function pinIcon(): Icon {
  return {
    key: 'pin',
    draw() {
      const [element, pen] = canvas(30, 56);
      pen.translate(15, 15);
      pen.strokeStyle = '#ffffff';
      pen.lineWidth = 1.6;
      pen.beginPath();
      pen.moveTo(0, 10);
      pen.lineTo(0, 39);
      pen.stroke();
      pen.shadowColor = 'rgba(0, 0, 0, 0.6)';
      pen.shadowBlur = 5;
      pen.fillStyle = '#ff4d6d';
      pen.beginPath();
      pen.arc(0, 0, 10, 0, 2 * Math.PI);
      pen.fill();
      pen.shadowBlur = 0;
      pen.lineWidth = 2;
      pen.stroke();
      pen.fillStyle = '#ffffff';
      pen.beginPath();
      pen.arc(0, 0, 3.6, 0, 2 * Math.PI);
      pen.fill();
      return element;
    },
  };
}

/** A round dot, for corners of what is measured. */
export function dotIcon(colour: string): Icon {
  return {
    key: `dot-${colour}`,
    draw() {
      const [element, pen] = canvas(14, 14);
      pen.translate(7, 7);
      pen.beginPath();
      pen.arc(0, 0, 4.5, 0, 2 * Math.PI);
      pen.fillStyle = colour;
      pen.fill();
      pen.lineWidth = 1.8;
      pen.strokeStyle = '#ffffff';
      pen.stroke();
      return element;
    },
  };
}

/** A crossed disc: here the sight line ends. */
export function blockIcon(): Icon {
  return {
    key: 'block',
    draw() {
      const [element, pen] = canvas(28, 28);
      pen.translate(14, 14);
      pen.beginPath();
      pen.arc(0, 0, 10, 0, 2 * Math.PI);
      pen.fillStyle = '#e5383b';
      pen.fill();
      pen.lineWidth = 2;
      pen.strokeStyle = '#ffffff';
      pen.stroke();
      pen.lineWidth = 2.4;
      pen.beginPath();
      pen.moveTo(-4, -4);
      pen.lineTo(4, 4);
      pen.moveTo(4, -4);
      pen.lineTo(-4, 4);
      pen.stroke();
      return element;
    },
  };
}

export const LABEL_FONT = '500 12.5px "Noto Sans SC", system-ui, sans-serif';

/** Width of a label, pixels, without asking the canvas: Han characters are square. */
export function labelWidth(text: string): number {
  let width = 6;
  for (const sign of text) width += sign.charCodeAt(0) > 0x2e7f ? 12.5 : 7;
  return width;
}

export const LABEL_HEIGHT = 18;

export function labelIcon(text: string): Icon {
  return {
    key: `label-${text}`,
    draw() {
      const [element, pen] = canvas(labelWidth(text) + 4, LABEL_HEIGHT);
      pen.font = LABEL_FONT;
      pen.textAlign = 'center';
      pen.textBaseline = 'middle';
      pen.lineJoin = 'round';
      pen.lineWidth = 3.5;
      pen.strokeStyle = 'rgba(10, 14, 21, 0.9)';
      const [x, y] = [(labelWidth(text) + 4) / 2, LABEL_HEIGHT / 2];
      pen.strokeText(text, x, y);
      pen.fillStyle = '#eef3fa';
      pen.fillText(text, x, y);
      return element;
    },
  };
}
