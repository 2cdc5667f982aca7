/** Which files can be sent as pictures, told before megabytes are. */
export const PICTURE_TYPES: readonly string[] = ['image/jpeg', 'image/png', 'image/webp'];
export const PICTURE_BYTES = 10_000_000;

export type Unsent = 'type' | 'size';

export function whyUnsent({ type, size }: Pick<File, 'type' | 'size'>): Unsent | null {
  if (!PICTURE_TYPES.includes(type)) return 'type';
  return size > PICTURE_BYTES ? 'size' : null;
}

/** The number of the picture beside one, from the last to the first again. */
export const beside = (at: number, step: number, count: number) => (at + step + count) % count;
