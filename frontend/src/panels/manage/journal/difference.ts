/** What differs between two values, small enough to be read: entries of lists that came and went, parts of objects. */

export interface Difference {
  /** path below the field, empty for the field itself */
  path: string;
  before: unknown;
  after: unknown;
}

type Parts = Record<string, unknown>;

const isParts = (value: unknown): value is Parts =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** Entries of `list` that `other` does not have, each as often as it is missing. */
function missing(list: readonly unknown[], other: readonly unknown[]): unknown[] {
  const left = other.map((value) => JSON.stringify(value));
  return list.filter((value) => {
    const at = left.indexOf(JSON.stringify(value));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

const join = (path: string, part: string) => (path ? `${path}.${part}` : part);

export function differences(before: unknown, after: unknown, path = ''): Difference[] {
  if (same(before, after)) return [];
  if (Array.isArray(before) && Array.isArray(after)) {
    const [gone, come] = [missing(before, after), missing(after, before)];
    // The same entries in another order are told whole.
    if (gone.length + come.length > 0) {
      return [
        ...gone.map((value) => ({ path, before: value, after: undefined })),
        ...come.map((value) => ({ path, before: undefined, after: value })),
      ];
    }
  }
  if (isParts(before) && isParts(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names.flatMap((name) => differences(before[name], after[name], join(path, name)));
  }
  return [{ path, before, after }];
}

/** A value inside a cell: texts as they are, all else in short JSON-like words. */
export function inWords(value: unknown): string {
  if (value === null || value === undefined || value === '') return '';
  if (Array.isArray(value)) return value.map(inWords).join(', ');
  if (!isParts(value)) return String(value);
  const told = Object.entries(value).filter(([, part]) => part !== null && part !== '' && !same(part, []));
  return told.map(([name, part]) => `${name}: ${inWords(part)}`).join('; ');
}
