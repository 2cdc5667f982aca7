/** Times as a field of the browser holds them (this machine's clock), and as the server does (UTC). */

const two = (value: number) => String(value).padStart(2, '0');

/** `2026-11-22T18:30`; empty of nothing. */
export function toLocal(time: string | null | undefined): string {
  const at = time ? new Date(time) : undefined;
  if (!at || Number.isNaN(at.getTime())) return '';
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** ISO 8601 in UTC; null of nothing. */
export function fromLocal(text: string): string | null {
  const at = text ? new Date(text) : undefined;
  return !at || Number.isNaN(at.getTime()) ? null : at.toISOString();
}
