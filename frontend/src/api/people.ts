/** The doors for an administrator: people, what they hold, their sessions and tokens. */
import type { Send } from './editing';
import type { HeldRole, May } from './session';

export type Network = 'public-security' | 'video' | 'government-extranet';

/** When a role holds; `days` 1 is Monday; `begin` and `until` on the city's clock. */
export interface Window {
  starts?: string | null;
  ends?: string | null;
  days?: number[];
  begin?: string | null;
  until?: string | null;
}

/** A role as it is given to somebody; null: not narrowed. */
export interface Post extends HeldRole {
  networks: Network[] | null;
  window: Window | null;
}

export interface User {
  name: string;
  title: string;
  state: string;
  posts: Post[];
  /** how many */
  sessions: number;
  tokens: number;
}

/** A browser where somebody is signed in; times in UTC. */
export interface OpenSession {
  id: string;
  made: string;
  seen: string;
  address: string;
}

export interface KeptToken {
  id: string;
  label: string;
  scopes: string[];
  made: string;
  expires: string;
  seen: string | null;
}

export interface Role {
  role: string;
  actions: May;
  /** what is done only after another person agreed */
  approval: May;
}

export interface NewUser {
  name: string;
  title: string;
  posts: Post[];
}

const USERS = '/api/users';
const JSON_BODY = { 'Content-Type': 'application/json' };

export function peopleDoors(send: Send) {
  const json = <T>(method: string, path: string, body: unknown) =>
    send<T>(path, { method, headers: JSON_BODY, body: JSON.stringify(body) });
  const user = (name: string) => `${USERS}/${encodeURIComponent(name)}`;
  return {
    users: async (signal?: AbortSignal) => (await send<{ users: User[] }>(USERS, { signal: signal ?? null })).users,
    roles: async (signal?: AbortSignal) =>
      (await send<{ roles: Role[] }>('/api/roles', { signal: signal ?? null })).roles,
    /** With the one-time password, which the server tells once. */
    addUser: (fields: NewUser) => json<{ user: User; password: string }>('POST', USERS, fields),
    changeUser: (name: string, fields: { title?: string; posts?: Post[]; disabled?: boolean }) =>
      json<User>('PATCH', user(name), fields),
    resetPassword: (name: string) => send<{ password: string }>(`${user(name)}/password`, { method: 'POST' }),
    userSessions: async (name: string, signal?: AbortSignal) =>
      (await send<{ sessions: OpenSession[] }>(`${user(name)}/sessions`, { signal: signal ?? null })).sessions,
    endSessions: (name: string) => send<unknown>(`${user(name)}/sessions`, { method: 'DELETE' }),
    userTokens: async (name: string, signal?: AbortSignal) =>
      (await send<{ tokens: KeptToken[] }>(`${user(name)}/tokens`, { signal: signal ?? null })).tokens,
    /** With the secret, which the server tells once. */
    addToken: (name: string, fields: { label: string; scopes: string[]; days: number }) =>
      json<{ token: KeptToken; secret: string }>('POST', `${user(name)}/tokens`, fields),
    endToken: (id: string) => send<void>(`/api/tokens/${encodeURIComponent(id)}`, { method: 'DELETE' }),
  };
}
