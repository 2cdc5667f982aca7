import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { App as AntApp } from 'antd';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { createClient } from '../../../src/api/client';
import type { RouteAnswer } from '../../../src/api/routes';
import { startLanguages } from '../../../src/i18n';
import { type AppStore, createAppStore } from '../../../src/model/store';
import { AppContext } from '../../../src/panels/app';
import { RouteDesk } from '../../../src/panels/video/RouteDesk';
import { camera } from '../cameras';
import { seen } from '../routes';

vi.setConfig({ testTimeout: 30_000 });
const SOON = { timeout: 20_000 };

let root: Root;
let box: HTMLDivElement;
let store: AppStore;
let bodies: unknown[];
let answer: () => Response;

const json = (value: unknown, status = 200) =>
  new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json' } });

const found: RouteAnswer = {
  name: '滨河大道',
  name_en: 'Binhe Avenue',
  length_m: 1000,
  step_m: 10,
  seen_m: 680,
  share: 0.68,
  lines: [
    [
      [106.8, 39.6],
      [106.8116, 39.6],
    ],
  ],
  gaps: [{ from_m: 680, to_m: 1000 }],
  cameras: [
    seen('a', 0, 400),
    seen('b', 100, 300, { chosen: false, turns: true }),
    seen('c', 400, 680, { online: false }),
  ],
};

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
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener() {}, removeEventListener() {} }));
  await startLanguages('zh');
});

beforeEach(async () => {
  bodies = [];
  answer = () => json(found);
  store = createAppStore();
  store.getState().setCameras(['a', 'b', 'c'].map((id) => camera(id)));
  box = document.body.appendChild(document.createElement('div'));
  root = createRoot(box);
  const api = createClient(
    () => 'zh',
    async (_, init) => {
      bodies.push(JSON.parse(String(init?.body ?? '{}')));
      return answer();
    },
  );
  await act(async () => {
    root.render(
      <QueryClientProvider client={new QueryClient()}>
        <AntApp>
          <AppContext value={{ store, api }}>
            <RouteDesk />
          </AppContext>
        </AntApp>
      </QueryClientProvider>,
    );
  });
});

afterEach(() => {
  act(() => root.unmount());
  box.remove();
});

const press = (selector: string) => act(() => (box.querySelector(selector) as HTMLElement).click());
const rows = () => [...box.querySelectorAll('[data-camera]')].map((row) => row.getAttribute('data-camera'));
const chooseRoad = () => act(() => store.getState().setRouteWish({ of: { kind: 'road', id: 'R1', name: '滨河大道' } }));

it('lists the few along a road, with what nobody sees, and tours them', async () => {
  chooseRoad();
  await vi.waitFor(() => expect(rows()).toEqual(['a', 'c']), SOON);
  expect(bodies).toEqual([{ road: 'R1', tiers: [1, 2, 3], turning: false }]);
  expect(box.textContent).toContain('无摄像机覆盖 320 m');
  expect(box.textContent).toContain('68 %');
  expect(box.querySelector('[data-camera="c"]')?.textContent).toContain('离线');
  store.getState().setClick({ lon: 106.7, lat: 39.5, source: 'scene' });
  press('#route-start');
  expect(store.getState().wall).toMatchObject({ panes: ['a', 'c', null, null], tour: { running: true } });
  expect(store.getState().click).toBeNull();
  press('#route-clear');
  expect(store.getState().route).toBeNull();
  expect(rows()).toEqual([]);
});

it('lists all of them when that is wished', async () => {
  chooseRoad();
  await vi.waitFor(() => expect(rows()).toEqual(['a', 'c']), SOON);
  act(() => store.getState().setRouteWish({ every: true }));
  expect(rows()).toEqual(['a', 'b', 'c']);
  expect(box.querySelector('[data-camera="b"]')?.textContent).toContain('需转动');
  expect(box.querySelector('#route-start')?.textContent).toContain('3');
  expect(bodies).toHaveLength(1);
});

it('takes the line that was drawn, and lays the tool down', async () => {
  press('#route-draw');
  expect(store.getState()).toMatchObject({ tool: 'line', wall: null });
  press('#route-back');
  expect(store.getState().backTurn).toBe(1);
  const points = [106.8, 106.81].map((lon) => ({ lon, lat: 39.6, height: 1080 }));
  const lengths = { horizontal_m: 860, slope_m: 860, climb_m: 0 };
  act(() => store.getState().setMeasure({ kind: 'distance', points, ...lengths, done: false }));
  expect(bodies).toEqual([]);
  act(() => store.getState().setMeasure({ kind: 'distance', points, ...lengths, done: true }));
  expect(store.getState().tool).toBe('select');
  await vi.waitFor(() => expect(rows()).toEqual(['a', 'c']), SOON);
  expect(bodies).toMatchObject([
    {
      line: [
        [106.8, 39.6],
        [106.81, 39.6],
      ],
    },
  ]);
});

it('says why there is none, and where nobody looks', async () => {
  const refusal = {
    type: '/problems/outside-city',
    title: '位于城市范围之外',
    status: 422,
    detail: '请在城市范围内选择。',
  };
  answer = () => json(refusal, 422);
  chooseRoad();
  await vi.waitFor(() => expect(box.textContent).toContain('请在城市范围内选择。'), SOON);
  answer = () => json({ ...found, cameras: [], seen_m: 0, share: 0, gaps: [{ from_m: 0, to_m: 1000 }] });
  act(() => store.getState().setRouteWish({ of: { kind: 'road', id: 'R2', name: '无人路' } }));
  await vi.waitFor(() => expect(box.textContent).toContain('没有摄像机能看到这条路线'), SOON);
  expect(box.querySelector<HTMLButtonElement>('#route-start')?.disabled).toBe(true);
});
