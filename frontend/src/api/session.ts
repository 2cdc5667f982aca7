/** The doors for signing in and out, and what the one who is signed in may do. */
import type { Send } from './editing';
import type { Tier } from './types';

/** A role as somebody holds it; `tiers` null: of every tier. */
export interface HeldRole {
  role: string;
  /** codes, `*` everywhere */
  areas: string[];
  tiers: Tier[] | null;
}

/** Action → kinds, for showing a button; where it may be done is the server's to say. */
export type May = Record<string, string[]>;

export interface Account {
  name: string;
  title: string;
  /** has a one-time password, and can only set another */
  must_change: boolean;
  roles: HeldRole[];
  may: May;
  /** UTC; the session ends then at the latest */
  ends_at: string | null;
}

export interface SessionAnswer {
  account: Account | null;
}

const SESSION = '/api/session';
const JSON_BODY = { 'Content-Type': 'application/json' };

export function sessionDoors(send: Send) {
  const json = <T>(method: string, path: string, body: unknown) =>
    send<T>(path, { method, headers: JSON_BODY, body: JSON.stringify(body) });
  return {
    /** Who is signed in, if anybody; never refused. */
    session: (signal?: AbortSignal) => send<SessionAnswer>(SESSION, { signal: signal ?? null }),
    signIn: (name: string, password: string) => json<SessionAnswer>('POST', SESSION, { name, password }),
    signOut: () => send<void>(SESSION, { method: 'DELETE' }),
    changePassword: (old: string, fresh: string) => json<void>('PUT', `${SESSION}/password`, { old, new: fresh }),
  };
}
