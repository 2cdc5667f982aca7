// A real OpenID provider (panva's certified oidc-provider) on this machine, with a second door for tests beside it:
// POST /control {...} names clients and people, changes keys, and signs what a provider should not.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { Provider } from 'oidc-provider';

const kept = new Map();

/** Everything in memory; what has a grant is found by it, so that it can be revoked. */
class Memory {
  constructor(model) {
    this.model = model;
  }
  key(id) {
    return `${this.model}:${id}`;
  }
  async upsert(id, payload, expiresIn) {
    kept.set(this.key(id), { payload, until: expiresIn ? Date.now() + expiresIn * 1000 : Infinity });
  }
  async find(id) {
    const row = kept.get(this.key(id));
    return row && row.until > Date.now() ? row.payload : undefined;
  }
  async consume(id) {
    const row = kept.get(this.key(id));
    if (row) row.payload.consumed = Math.floor(Date.now() / 1000);
  }
  async destroy(id) {
    kept.delete(this.key(id));
  }
  async #first(fits) {
    for (const [key, { payload }] of kept) if (key.startsWith(`${this.model}:`) && fits(payload)) return payload;
    return undefined;
  }
  findByUid(uid) {
    return this.#first((payload) => payload.uid === uid);
  }
  findByUserCode(code) {
    return this.#first((payload) => payload.userCode === code);
  }
  async revokeByGrantId(grantId) {
    for (const [key, { payload }] of kept) if (payload.grantId === grantId) kept.delete(key);
  }
}

const people = new Map();
const settings = { tokenFormat: 'jwt', twist: null };
let issuer;
let provider;
let shown;
let hidden;

async function newKey(kid) {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return { privateKey, jwk: { ...(await exportJWK(privateKey)), kid, use: 'sig', alg: 'RS256' } };
}

function configuration() {
  return {
    adapter: Memory,
    jwks: { keys: [shown.jwk] },
    cookies: { keys: ['of-tests'] },
    claims: { openid: ['sub'], profile: ['name', 'preferred_username'], groups: ['groups'] },
    scopes: ['openid', 'offline_access', 'profile', 'groups'],
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    // This machine calls itself: back-channel notices go to a loopback address.
    fetch: (url, options) => globalThis.fetch(url, options),
    findAccount: (_ctx, id) => {
      const person = people.get(id);
      return person && { accountId: id, claims: async () => ({ sub: id, preferred_username: id, ...person }) };
    },
    extraTokenClaims: (_ctx, token) => ({ groups: people.get(token.accountId ?? token.clientId)?.groups ?? [] }),
    ttl: { AccessToken: 600, ClientCredentials: 600, IdToken: 600, RefreshToken: 3600, Session: 3600, Grant: 3600, Interaction: 600 },
    features: {
      devInteractions: { enabled: true },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: { enabled: true },
      introspection: { enabled: true, allowedPolicy: () => true },
      revocation: { enabled: true },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_ctx, audience) => ({
          scope: '',
          audience,
          accessTokenTTL: 600,
          accessTokenFormat: settings.tokenFormat,
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
  };
}

function begin() {
  provider = new Provider(issuer, configuration());
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.oidc?.route === 'token' && ctx.body?.id_token && settings.twist) {
      const claims = JSON.parse(Buffer.from(ctx.body.id_token.split('.')[1], 'base64url').toString());
      const { key, header, ...changed } = settings.twist;
      ctx.body.id_token = await signed({ claims: { ...claims, ...changed }, key, header });
    }
  });
}

async function signed({ claims, key = 'shown', header = {} }) {
  // forged: under the name of the key that is shown, by another.
  const { privateKey } = key === 'shown' ? shown : hidden;
  const { kid } = (key === 'hidden' ? hidden : shown).jwk;
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid, ...header }).sign(privateKey);
}

const doors = {
  client: async ({ client }) => new Memory('Client').upsert(client.client_id, client),
  person: async ({ id, claims }) => void (claims ? people.set(id, claims) : people.delete(id)),
  settings: async (changed) => void Object.assign(settings, changed),
  sign: async (wanted) => ({ token: await signed(wanted) }),
  rotate: async ({ kid }) => {
    shown = await newKey(kid);
    begin();
  },
};

async function control(request, response) {
  let text = '';
  for await (const part of request) text += part;
  const { deed, ...values } = JSON.parse(text);
  const answer = await doors[deed](values);
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify(answer ?? {}));
}

[shown, hidden] = await Promise.all([newKey('first'), newKey('hidden')]);
const server = createServer((request, response) => {
  if (request.method === 'POST' && request.url === '/control') {
    control(request, response).catch((error) => response.writeHead(500).end(String(error)));
  } else provider.callback()(request, response);
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
issuer = `http://127.0.0.1:${server.address().port}`;
begin();
console.log(`ready ${issuer}`);
// Gone with the tests that started it, however they end.
process.stdin.on('end', () => process.exit(0)).resume();
