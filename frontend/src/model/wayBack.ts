/** Leaving for a sign-in provider, and coming back to where one was. */

const KEPT = 'geoserver.way-back';
const REFUSED = 'sign-in';

/** The parts of a page that are needed, so that tests can give others. */
export interface Place {
  location: Pick<Location, 'search' | 'hash' | 'pathname' | 'assign'>;
  history: Pick<History, 'replaceState'>;
  sessionStorage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
}

/** Goes to the provider; what is seen now is seen again afterwards. */
export function leaveFor(path: string, place: Place = window): void {
  const query = new URLSearchParams(place.location.search);
  query.delete(REFUSED);
  place.sessionStorage.setItem(KEPT, `${query.size ? `?${query}` : ''}${place.location.hash}`);
  place.location.assign(path);
}

/** Puts the address back as it was before; the code of why nobody was let in, or null. */
export function comeBack(place: Place = window): string | null {
  const query = new URLSearchParams(place.location.search);
  const refused = query.get(REFUSED);
  const kept = place.sessionStorage.getItem(KEPT);
  place.sessionStorage.removeItem(KEPT);
  // An address that somebody opened meanwhile says what they want to see.
  const before = place.location.hash === '' ? kept : null;
  query.delete(REFUSED);
  const now = `${query.size ? `?${query}` : ''}${place.location.hash}`;
  if (refused !== null || before) place.history.replaceState(null, '', `${place.location.pathname}${before ?? now}`);
  return refused;
}
