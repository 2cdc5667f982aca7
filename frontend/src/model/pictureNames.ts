/** Names over a picture: which of them fit, and how they lie there. Pure. */
import type { NamedThing } from '../api/cameraTypes';
import { type Box, declutter, type Wanted } from './declutter';

/** So many names at most. */
const MOST = 30;
/** Steeper than this a word is hard to read: it lies level. */
const STEEPEST_DEG = 55;
/** Of letters, in heights of the line: Chinese ones, and all others. */
const WIDE = 1;
const NARROW = 0.58;
const GAP_PX = 3;
/** A name of anything but a road stands so far over its dot. */
const OVER_PX = 12;
export const FONT_PX = { road: 13, building: 12, place: 12, area: 13 } as const;

/** A name and where it lies, in pixels of the page from the picture's top left. */
export interface Placed {
  thing: NamedThing;
  text: string;
  /** the point that is named */
  x: number;
  y: number;
  /** from the point to the middle of the words */
  dx: number;
  dy: number;
  /** of the words, clockwise from level */
  turn: number;
  font: number;
}

const isWide = (letter: string) => (letter.codePointAt(0) ?? 0) > 0x2e7f;

/** About how wide words are, in heights of their line. */
export const widthOf = (text: string) => [...text].reduce((sum, letter) => sum + (isWide(letter) ? WIDE : NARROW), 0);

export const turnOf = ({ angle_deg }: Pick<NamedThing, 'angle_deg'>) =>
  angle_deg !== null && Math.abs(angle_deg) <= STEEPEST_DEG ? angle_deg : 0;

/** What turned words cover, around their middle. */
function cover(width: number, height: number, turn: number): { width: number; height: number } {
  const [sin, cos] = [Math.abs(Math.sin((turn * Math.PI) / 180)), Math.abs(Math.cos((turn * Math.PI) / 180))];
  return { width: width * cos + height * sin, height: width * sin + height * cos };
}

const clamp = (value: number, low: number, high: number) =>
  low > high ? (low + high) / 2 : Math.min(Math.max(value, low), high);

interface Page {
  /** the whole picture on the page, pixels */
  width: number;
  height: number;
  /** the part of it that is shown */
  shown: Box;
}

function laid(thing: NamedThing, text: string, { width, height, shown }: Page): Wanted<Placed>[] {
  const [x, y] = [thing.u * width, thing.v * height];
  if (x < shown.x || y < shown.y || x > shown.x + shown.width || y > shown.y + shown.height) return [];
  const font = FONT_PX[thing.kind];
  const turn = turnOf(thing);
  const box = cover(widthOf(text) * font + 2 * GAP_PX, font + 2 * GAP_PX, turn);
  // Words stay in what is shown; the dot stands where the thing is.
  const middle = (at: number, low: number, long: number, own: number) => clamp(at, low + own / 2, low + long - own / 2);
  const over = thing.kind === 'road' ? 0 : OVER_PX;
  const cx = middle(x, shown.x, shown.width, box.width);
  const cy = middle(y - over, shown.y, shown.height, box.height);
  const item = { thing, text, x, y, dx: cx - x, dy: cy - y, turn, font };
  return [{ x: cx - box.width / 2, y: cy - box.height / 2, ...box, item }];
}

/** The names that can stand in what is shown of a picture without covering each other, the first given first. */
export function placed(
  things: readonly NamedThing[],
  titleOf: (thing: NamedThing) => string,
  page: Page,
  obstacles: readonly Box[] = [],
): Placed[] {
  const wanted = things.flatMap((thing) => {
    const text = titleOf(thing);
    return text ? laid(thing, text, page) : [];
  });
  return declutter(wanted, MOST, obstacles);
}
