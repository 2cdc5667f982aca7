/** Who wants new incidents to make no sound; kept in this browser, person by person. */
const keyOf = (person: string) => `geoserver.muted.${person}`;

type Shelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** A browser may forbid the shelf: then nothing is kept, and everything sounds. */
export function isMuted(person: string, shelf: () => Shelf = () => localStorage): boolean {
  try {
    return shelf().getItem(keyOf(person)) !== null;
  } catch {
    return false;
  }
}

export function keepMuted(person: string, muted: boolean, shelf: () => Shelf = () => localStorage): void {
  try {
    if (muted) shelf().setItem(keyOf(person), '1');
    else shelf().removeItem(keyOf(person));
  } catch {
    // Then it holds until the page is closed.
  }
}
