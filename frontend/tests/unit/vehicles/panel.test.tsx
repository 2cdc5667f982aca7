import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { App as AntApp } from 'antd';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { createClient } from '../../../src/api/client';
import { startLanguages } from '../../../src/i18n';
import type { Incident } from '../../../src/model/incidents';
import { type AppStore, createAppStore } from '../../../src/model/store';
import type { Vehicle } from '../../../src/model/vehicles';
import { AppContext } from '../../../src/panels/app';
import { VehiclePanel } from '../../../src/panels/vehicles/VehiclePanel';

const SOON = { timeout: 20_000 };
const POSITION = { lon: 106.8, lat: 39.6, height_m: null, heading_deg: 45, speed_m_s: 10 };

let root: Root;
let box: HTMLDivElement;
let store: AppStore;

const car = {
  id: 'a',
  name: '巡逻七号',
  name_en: 'Patrol 7',
  type: 'patrol',
  plate: '蒙C·7007',
  call_sign: 'P-07',
  phone: '110',
  unit: '',
  duty: 'busy',
  incident: 'i-1',
  seats: null,
} as Vehicle;

function answer(path: string): Response {
  const at = new Date().toISOString();
  const told = path.includes('/track')
    ? { type: 'about:blank', title: 'no', status: 403, detail: '不能查看轨迹' }
    : {
        id: 'a',
        geometry: { coordinates: [106.8, 39.6] },
        properties: car,
        position: { ...POSITION, at },
        features: [],
      };
  const headers = { 'Content-Type': 'application/json' };
  return new Response(JSON.stringify(told), { status: path.includes('/track') ? 403 : 200, headers });
}

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
  await startLanguages('zh');
});

beforeEach(() => {
  box = document.body.appendChild(document.createElement('div'));
  root = createRoot(box);
  store = createAppStore({ vehicles: new Map([['a', car]]) });
});

afterEach(() => {
  act(() => root.unmount());
  box.remove();
});

function show(may: Record<string, string[]>, asked: string[] = []): void {
  store.setState({ account: { name: 'x', may, after_agreement: {} } as never });
  const api = createClient(
    () => 'zh',
    async (path) => {
      asked.push(String(path));
      return answer(String(path));
    },
  );
  act(() =>
    root.render(
      <QueryClientProvider client={new QueryClient()}>
        <AppContext value={{ store, api }}>
          <AntApp>
            <VehiclePanel id="a" />
          </AntApp>
        </AppContext>
      </QueryClientProvider>,
    ),
  );
}

it('says what a vehicle is, how it goes, and what it was sent to', async () => {
  show({ track: ['vehicle'] });
  await vi.waitFor(() => expect(box.textContent).toContain('36 km/h · 45° 东北'), SOON);
  for (const word of ['P-07', '蒙C·7007', '出警中', '巡逻车', '在线']) expect(box.textContent).toContain(word);
  act(() => box.querySelector<HTMLElement>('#vehicle-incident')?.click());
  expect(store.getState().incident).toBe('i-1');
});

it('names the incident as people do, and one that is closed by a plain word', () => {
  show({});
  expect(box.querySelector('#vehicle-incident')?.textContent).toBe('查看警情');
  const incident = { id: 'i-1', category: 'fire', number: 'A-2026-17', address: '新华街' } as Incident;
  act(() => store.setState({ incidents: new Map([['i-1', incident]]) }));
  expect(box.querySelector('#vehicle-incident')?.textContent).toMatch(/ · A-2026-17$/);
});

it('shows where it was in the replay, and asks nothing of now', async () => {
  const then = Date.now() - 3_600_000;
  const asked: string[] = [];
  store.getState().replayAt(then);
  show({ track: ['vehicle'] }, asked);
  expect(box.textContent).toContain('10 分钟内没有定位');
  const where = { lon: 106.7, lat: 39.5, height: null, heading: 180, speed: 5, heard: then - 4000 };
  act(() => store.getState().movers.show([{ key: 'vehicle:a', kind: 'vehicle', id: 'a', ...where }]));
  expect(box.textContent).toContain('18 km/h · 180°');
  await act(async () => box.querySelector<HTMLElement>('#centre-vehicle')?.click());
  expect(store.getState().flyTo).toMatchObject({ lon: 106.7, lat: 39.5 });
  expect(asked.filter((path) => path.startsWith('/api/vehicles'))).toEqual([]);
});

it('says in words that tracks are not for this person, before and after asking', async () => {
  show({});
  expect(box.textContent).toContain('没有查看轨迹的权限');
  expect(box.querySelector('#track-window')).toBeNull();
  expect(box.querySelector<HTMLButtonElement>('#trail-vehicle')?.disabled).toBe(true);
  show({ track: ['vehicle'] });
  act(() => store.getState().askTrack({ vehicle: 'a', window: { preset: '1h' } }));
  await vi.waitFor(() => expect(box.textContent).toContain('不能查看轨迹'), SOON);
});
