/** Times as the clocks of the city show them, wherever the reader sits. Pure. */

/** Numbers on a clock in some zone. */
export interface Reading {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

const forms = new Map<string, Intl.DateTimeFormat>();

function formOf(zone: string): Intl.DateTimeFormat {
  const known = forms.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  forms.set(zone, made);
  return made;
}

/** What a clock of the zone shows; times are milliseconds since 1970. */
export function readingOf(time: number, zone: string): Reading {
  const read: Record<string, number> = {};
  for (const { type, value } of formOf(zone).formatToParts(time)) read[type] = Number(value);
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = read;
  return { year, month, day, hour, minute, second };
}

const asUtc = ({ year, month, day, hour, minute, second }: Reading) =>
  Date.UTC(year, month - 1, day, hour, minute, second);

/** When a clock of the zone shows a reading; of one that it skips, an hour off. */
export function timeOf(reading: Reading, zone: string): number {
  const wanted = asUtc(reading);
  const ahead = (time: number) => asUtc(readingOf(time, zone)) - time;
  // What is ahead is asked for near the time itself: it changes with the season.
  return wanted - ahead(wanted - ahead(wanted));
}

/** When the day of a time began. */
export function midnightOf(time: number, zone: string): number {
  return timeOf({ ...readingOf(time, zone), hour: 0, minute: 0, second: 0 }, zone);
}

const two = (value: number) => String(value).padStart(2, '0');

/** `14:03`. */
export function hourOf(time: number, zone: string): string {
  const { hour, minute } = readingOf(time, zone);
  return `${two(hour)}:${two(minute)}`;
}

/** `14:03:22`, with the date where it was not on the day of `now`. */
export function momentOf(time: number, now: number, zone: string): string {
  const [at, today] = [readingOf(time, zone), readingOf(now, zone)];
  const clock = `${two(at.hour)}:${two(at.minute)}:${two(at.second)}`;
  if (at.day === today.day && at.month === today.month && at.year === today.year) return clock;
  return `${two(at.month)}-${two(at.day)} ${clock}`;
}

/** `2026-11-22T18:30`, as a field of the browser holds it. */
export function fieldOf(time: number, zone: string): string {
  const { year, month, day } = readingOf(time, zone);
  return `${year}-${two(month)}-${two(day)}T${hourOf(time, zone)}`;
}

/** The time that such a field holds; NaN of anything else. */
export function timeIn(field: string, zone: string): number {
  const [, year, month, day, hour, minute] = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)/.exec(field)?.map(Number) ?? [];
  if (year === undefined || month === undefined || day === undefined || hour === undefined || minute === undefined)
    return Number.NaN;
  return timeOf({ year, month, day, hour, minute, second: 0 }, zone);
}
