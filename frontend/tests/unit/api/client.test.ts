import { describe, expect, it } from 'vitest';
import { ApiError, createClient, Unreachable, withQuery } from '../../../src/api/client';

function answering(status: number, body: unknown, type = 'application/json') {
  const asked: { path: string; init: RequestInit | undefined }[] = [];
  const fetcher = async (path: RequestInfo | URL, init?: RequestInit) => {
    asked.push({ path: String(path), init });
    return new Response(typeof body === 'string' ? body : JSON.stringify(body), {
      status,
      headers: { 'content-type': type },
    });
  };
  return { asked, fetcher: fetcher as typeof fetch };
}

describe('client', () => {
  it('asks in the language of the screen', async () => {
    const { asked, fetcher } = answering(200, { lon: 1 });
    let lang: 'zh' | 'en' = 'zh';
    const client = createClient(() => lang, fetcher);
    await client.height(106.8, 39.6);
    lang = 'en';
    await client.height(106.8, 39.6);
    expect(asked.map(({ init }) => new Headers(init?.headers).get('accept-language'))).toEqual(['zh-CN,zh', 'en']);
    expect(asked[0]?.path).toBe('/api/height?lon=106.8&lat=39.6');
  });

  it('leaves out what is not given, and writes ids safely', async () => {
    expect(withQuery('/x', { a: undefined, b: null })).toBe('/x');
    const { asked, fetcher } = answering(200, {});
    const client = createClient(() => 'en', fetcher);
    await client.camera('a/b ?');
    await client.sight({ lon: 1, lat: 2 }, { lon: 3, lat: 4, height: 5 });
    expect(asked[0]?.path).toBe('/api/cameras/a%2Fb%20%3F');
    expect(asked[1]?.path).toBe('/api/sight?from_lon=1&from_lat=2&to_lon=3&to_lat=4&to_height=5');
  });

  it('keeps its content type beside the language', async () => {
    const { asked, fetcher } = answering(200, { ground: [1], top: [2] });
    await createClient(() => 'en', fetcher).heights([[1, 2]]);
    const headers = new Headers(asked[0]?.init?.headers);
    expect(headers.get('content-type')).toBe('application/json');
    expect(headers.get('accept-language')).toBe('en');
    expect(asked[0]?.init?.body).toBe('{"points":[[1,2]]}');
  });

  it('throws the problem', async () => {
    const problem = { type: '/problems/no-direction', title: 't', status: 409, detail: 'no direction', camera: '7' };
    const { fetcher } = answering(409, problem, 'application/problem+json');
    const error = await createClient(() => 'en', fetcher)
      .coverage('7', '2014')
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ code: 'no-direction', status: 409, message: 'no direction' });
  });

  it('makes a problem of a page that is none', async () => {
    const { fetcher } = answering(502, '<html>bad gateway</html>', 'text/html');
    const error = await createClient(() => 'en', fetcher)
      .city()
      .catch((e: unknown) => e);
    expect(error).toMatchObject({ name: 'ApiError', status: 502 });
  });

  it('tells a dead server from a stopped request', async () => {
    const dead = (async () => {
      throw new TypeError('failed to fetch');
    }) as typeof fetch;
    await expect(createClient(() => 'en', dead).city()).rejects.toBeInstanceOf(Unreachable);
    const stop = new AbortController();
    stop.abort();
    await expect(createClient(() => 'en', dead).city(stop.signal)).rejects.not.toBeInstanceOf(Unreachable);
  });
});
