import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { createClient } from '../../../src/api/client';
import { startLanguages } from '../../../src/i18n';
import { createAppStore } from '../../../src/model/store';
import { AppContext } from '../../../src/panels/app';
import { LinkPanel } from '../../../src/panels/LinkPanel';

const answer = {
  place: { lon: 106.8, lat: 39.6, height: 1045, kind: 'facade', building: { id: 'b1', name: '锦绣小区3号楼' } },
  recommended: { overview: null, context: null, close: 'a' },
  cameras: [
    {
      camera: 'a',
      name: '近景甲',
      tier: 3,
      type: 'fixed',
      heading: 10,
      visible: true,
      distance_m: 84,
      density_px_m: 31,
      class: 'detect',
      pixel: [3, 4],
      online: null,
      streams: [],
      score: 1,
      why: '',
      why_code: 'sees',
    },
    {
      camera: 'b',
      name: '被挡乙',
      tier: 2,
      type: 'ptz',
      heading: 10,
      visible: false,
      distance_m: 300,
      density_px_m: null,
      class: null,
      pixel: null,
      online: null,
      streams: [],
      score: 0,
      why: '被4711号楼在84米处遮挡',
      why_code: 'blocked-by-building',
    },
  ],
};

let root: Root;
let box: HTMLDivElement;

beforeAll(async () => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  );
  vi.stubGlobal('matchMedia', () => ({
    matches: false,
    addListener() {},
    removeListener() {},
    addEventListener() {},
    removeEventListener() {},
  }));
  await startLanguages('zh');
});

beforeEach(() => {
  box = document.body.appendChild(document.createElement('div'));
  root = createRoot(box);
});

afterEach(() => {
  act(() => root.unmount());
  box.remove();
});

async function show(body: unknown, status = 200) {
  const store = createAppStore();
  const type = status === 200 ? 'application/json' : 'application/problem+json';
  const api = createClient(
    () => 'zh',
    async () => new Response(JSON.stringify(body), { status, headers: { 'content-type': type } }),
  );
  await act(async () => {
    root.render(
      <QueryClientProvider client={new QueryClient()}>
        <AppContext value={{ store, api }}>
          <LinkPanel click={{ lon: 106.8, lat: 39.6, source: 'scene' }} />
        </AppContext>
      </QueryClientProvider>,
    );
  });
  await vi.waitFor(() => expect(box.querySelector('[aria-busy="false"]')).not.toBeNull());
  return store;
}

it('shows the recommended camera, why a role has none, and hands the answer to the scene', async () => {
  const store = await show(answer);
  await vi.waitFor(() => expect(box.querySelector('.card.close')?.textContent).toContain('近景甲'));
  expect(box.querySelector('.card.context')?.textContent).toContain('被4711号楼在84米处遮挡');
  expect(box.textContent).toContain('锦绣小区3号楼');
  expect(store.getState().link?.recommended.close).toBe('a');
  await act(async () => box.querySelector<HTMLButtonElement>('.card.close')?.click());
  expect(store.getState().selection).toEqual({ kind: 'camera', id: 'a' });
});

it('tells a refusal in the words of the server', async () => {
  await show(
    { type: '/problems/outside-city', title: '不在城市范围内', status: 404, detail: '该地点不在城市范围内' },
    404,
  );
  await vi.waitFor(() => expect(box.textContent).toContain('该地点不在城市范围内'));
});
