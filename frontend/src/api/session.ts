/** The doors for signing in and out, and what the one who is signed in may do. */
import type { Send } from './editing';
import type { components } from './types.gen';

type Schemas = components['schemas'];

/** A role as somebody holds it; `tiers` null: of every tier. */
export type HeldRole = Schemas['RoleHeld'];

/** Who is signed in; `may` is for showing buttons. */
export type Account = Schemas['AccountSeen'];

/** Action → kinds, for showing a button; where it may be done is the server's to say. */
export type May = Account['may'];

/** The provider that people may sign in through, as this server offers it. */
export type Provider = Schemas['ProviderSeen'];

export type SessionAnswer = Schemas['SessionSeen'];

const SESSION = '/api/session';

/** Where a browser goes to sign in through the provider. */
export const TO_PROVIDER = `${SESSION}/openid`;

const JSON_BODY = { 'Content-Type': 'application/json' };

export function sessionDoors(send: Send) {
  const json = <T>(method: string, path: string, body: unknown) =>
    send<T>(path, { method, headers: JSON_BODY, body: JSON.stringify(body) });
  return {
    /** Who is signed in, if anybody; never refused. */
    session: (signal?: AbortSignal) => send<SessionAnswer>(SESSION, { signal: signal ?? null }),
    signIn: (name: string, password: string) => json<SessionAnswer>('POST', SESSION, { name, password }),
    /** `onward`: where to go on to, to sign out at the provider as well. */
    signOut: () => send<Schemas['Onward'] | undefined>(SESSION, { method: 'DELETE' }),
    changePassword: (old: string, fresh: string) => json<void>('PUT', `${SESSION}/password`, { old, new: fresh }),
  };
}
