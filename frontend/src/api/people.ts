/** The doors for an administrator: people, what they hold, their sessions and tokens. */
import type { Send } from './editing';
import type { components } from './types.gen';

type Schemas = components['schemas'];

/** When a role holds; `days` 1 is Monday; `begin` and `until` on the city's clock. */
export type Window = Schemas['Window'];

/** A role as it is given to somebody; null: not narrowed. */
export type Post = Schemas['PostHeld'];

export type Network = NonNullable<Post['networks']>[number];

/** A person or system; `sessions` and `tokens` are how many. */
export type User = Schemas['UserSeen'];

/** A browser where somebody is signed in. */
export type OpenSession = Schemas['SessionRow'];

export type KeptToken = Schemas['TokenRow'];

/** `approval`: what is done only after another person agreed. */
export type Role = Schemas['RoleSeen'];

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
