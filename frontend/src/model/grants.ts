/** Grants read from outside: whose roles reach a place, and what a role may do there. */
import type { Post, Role, User } from '../api/people';
import type { May } from '../api/session';
import type { Area } from '../api/types';
import { may } from './doorState';

export const EVERYWHERE = '*';

/** A code and those of the areas above it, from the bottom up. */
export function withParents(code: string, areas: readonly Area[]): string[] {
  const parents = new Map(areas.map((area) => [area.code, area.parent]));
  const path: string[] = [];
  for (let at: string | undefined = code; at && !path.includes(at); at = parents.get(at)) path.push(at);
  return path;
}

/** Whether a role that was given for some areas reaches one of them; the empty code is in no area. */
export function reaches(post: Pick<Post, 'areas'>, code: string, areas: readonly Area[]): boolean {
  if (post.areas.includes(EVERYWHERE)) return true;
  return withParents(code, areas).some((above) => post.areas.includes(above));
}

const allows = (actions: May, action: string, kind: string) => may({ may: actions }, action, kind);

/** `approval`: only after another person agreed. */
export type Verdict = 'allowed' | 'approval';

export interface Holder {
  user: User;
  post: Post;
  verdict: Verdict;
}

/** Who may do something in an area, and by which role; who cannot sign in is left out. */
export function holders(
  users: readonly User[],
  roles: readonly Role[],
  areas: readonly Area[],
  wanted: { action: string; kind: string; area: string },
): Holder[] {
  const { action, kind, area } = wanted;
  const verdicts = new Map<string, Verdict>();
  for (const role of roles) {
    if (allows(role.actions, action, kind)) verdicts.set(role.role, 'allowed');
    else if (allows(role.approval, action, kind)) verdicts.set(role.role, 'approval');
  }
  const found: Holder[] = [];
  for (const user of users) {
    if (user.state === 'disabled') continue;
    for (const post of user.posts) {
      const verdict = verdicts.get(post.role);
      if (verdict && reaches(post, area, areas)) found.push({ user, post, verdict });
    }
  }
  return found;
}

/** The other way round: kind → actions, both in their order of first mention. */
export function byKind(actions: May): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [action, kinds] of Object.entries(actions)) {
    for (const kind of kinds) found.set(kind, [...(found.get(kind) ?? []), action]);
  }
  return found;
}
