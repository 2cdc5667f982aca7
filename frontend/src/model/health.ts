/** Camera health as values: rates, groups, spells of a history, deadlines; no words, no React. */
import type {
  Axis,
  GroupRates,
  HealthSpell,
  ImageFault,
  OrderFault,
  OrderState,
  OrderStep,
  Rate,
  RateName,
  RepairOrder,
} from '../api/health';

/** In the order in which they hide one another. */
export const FAULTS: readonly ImageFault[] = [
  'signal-lost',
  'black',
  'over-exposed',
  'frozen',
  'snow',
  'covered',
  'blurred',
  'moved',
  'colour-cast',
];

export const ORDER_FAULTS: readonly OrderFault[] = ['offline', ...FAULTS];
export const RATES: readonly RateName[] = ['online', 'intact', 'connected'];
/** What the board is broken down by. */
export const AXES: readonly Exclude<Axis, 'all' | 'community'>[] = ['district', 'street', 'owner', 'tier'];
export type GroupAxis = (typeof AXES)[number];

export const isFault = (text: string | null): text is ImageFault => FAULTS.includes(text as ImageFault);

/** What is known of a camera just now. */
export interface Condition {
  online: boolean | null;
  faults: readonly ImageFault[];
}

export const UNKNOWN: Condition = { online: null, faults: [] };

/** `fault`: reached, but the picture is not good. Nothing is said of what nobody knows. */
export type Sign = 'offline' | 'fault' | 'online' | 'unknown';

export function signOf({ online, faults }: Condition): Sign {
  if (online === false) return 'offline';
  if (faults.length > 0) return 'fault';
  return online === null ? 'unknown' : 'online';
}

export const sameCondition = (a: Condition, b: Condition): boolean =>
  a.online === b.online && a.faults.length === b.faults.length && a.faults.every((fault, at) => fault === b.faults[at]);

/** Tenths of a percent that are full: what lacks a little of its target is never shown as having it. */
export function percent(share: number): string {
  return (Math.floor(Number((share * 1000).toFixed(6))) / 10).toFixed(1);
}

/** How many more cameras would have to be good. */
export function lacking({ good, total, target }: Rate): number {
  return Math.max(0, Math.ceil(Number((target * total).toFixed(6))) - good);
}

/** The groups of an axis, the worst first: the lowest share, then the most bad ones; those without cameras last. */
export function worstFirst(rates: readonly GroupRates[], axis: Axis, name: RateName): GroupRates[] {
  const shareOf = (row: GroupRates) => row[name].share ?? Number.POSITIVE_INFINITY;
  return rates
    .filter((row) => row.axis === axis)
    .toSorted((a, b) => {
      const [x, y] = [shareOf(a), shareOf(b)];
      return x === y ? b[name].total - b[name].good - (a[name].total - a[name].good) : x < y ? -1 : 1;
    });
}

/** One block of a lane of time: where it begins and how long it is, shares of the whole. */
export interface Block {
  at: number;
  wide: number;
  spell: HealthSpell;
}

/** Lanes of a history, one for each state but `online`, over the time from `since` to `now` (ms). */
export function lanes(history: readonly HealthSpell[], since: number, now: number): Map<HealthSpell['state'], Block[]> {
  const found = new Map<HealthSpell['state'], Block[]>();
  const place = (time: number) => Math.min(1, Math.max(0, (time - since) / (now - since)));
  for (const spell of history) {
    if (spell.state === 'online') continue;
    const at = place(Date.parse(spell.from));
    const until = place(spell.to === null ? now : Date.parse(spell.to));
    if (until <= 0 || at >= 1) continue;
    found.set(spell.state, [...(found.get(spell.state) ?? []), { at, wide: until - at, spell }]);
  }
  return found;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A length of time by its two biggest units: days and hours, hours and minutes, minutes. */
export function lengthOf(ms: number): { days: number; hours: number; minutes: number } {
  const whole = Math.max(0, Math.floor(ms / MINUTE));
  const days = Math.floor(whole / (24 * 60));
  const hours = Math.floor((whole % (24 * 60)) / 60);
  return { days, hours, minutes: days > 0 ? 0 : whole % 60 };
}

/** A day that is nearly over is called soon. */
const SOON_MS = DAY;

export type Urgency = 'done' | 'overdue' | 'soon' | 'in-time';

const OVER: readonly OrderState[] = ['closed', 'cancelled'];
export const STANDING: readonly OrderState[] = ['open', 'accepted', 'fixed'];
export const ORDER_STATES: readonly OrderState[] = [...STANDING, ...OVER];

/** How an order stands to its deadline at a time (ms). */
export function urgency({ state, deadline }: Pick<RepairOrder, 'state' | 'deadline'>, now: number): Urgency {
  if (OVER.includes(state)) return 'done';
  const left = Date.parse(deadline) - now;
  if (left < 0) return 'overdue';
  return left < SOON_MS ? 'soon' : 'in-time';
}

/** What may be done to an order, the usual next step first. */
export const STEPS: Record<OrderState, readonly OrderStep[]> = {
  open: ['accept', 'fixed', 'close', 'cancel'],
  accepted: ['fixed', 'close', 'cancel'],
  fixed: ['close', 'reopen', 'cancel'],
  closed: ['reopen'],
  cancelled: ['reopen'],
};

/** `2026-11`, so many months later. */
export function monthLater(month: string, by: number): string {
  const [year = 0, nth = 1] = month.split('-').map(Number);
  const at = year * 12 + (nth - 1) + by;
  return `${Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}`;
}

/** The month of a time (ms), on this machine's calendar. */
export function monthOf(time: number): string {
  const at = new Date(time);
  return `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, '0')}`;
}

export const isMonth = (text: string | null): text is string => /^\d{4}-(0[1-9]|1[0-2])$/.test(text ?? '');

/** Settings with one field named by its path, `thresholds.blur_px`, changed. */
export function withValue<T extends object>(settings: T, path: string, value: unknown): T {
  const [first = '', ...rest] = path.split('.');
  const inner = (settings as Record<string, unknown>)[first];
  const changed = rest.length === 0 ? value : withValue((inner ?? {}) as object, rest.join('.'), value);
  return { ...settings, [first]: changed };
}
