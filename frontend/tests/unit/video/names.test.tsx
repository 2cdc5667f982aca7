import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { App as AntApp } from 'antd';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { NamedThing } from '../../../src/api/cameraTypes';
import { createClient } from '../../../src/api/client';
import { setLanguage, startLanguages } from '../../../src/i18n';
import { type AppStore, createAppStore } from '../../../src/model/store';
import { AppContext } from '../../../src/panels/app';
import { PictureWindows } from '../../../src/panels/camera/PictureWindow';
import { camera, details } from '../cameras';

vi.setConfig({ testTimeout: 30_000 });
const SOON = { timeout: 20_000 };
const [WIDE, HIGH] = [960, 540];

let root: Root;
let box: HTMLDivElement;
let store: AppStore;
let answer: () => Response;
let asked: string[];

const json = (value: unknown, status = 200) =>
  new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json' } });

const thing = (kind: NamedThing['kind'], id: string, u: number, v: number): NamedThing => ({
  kind,
  id,
  name: `名${id}`,
  name_en: `Name ${id}`,
  u,
  v,
  angle_deg: kind === 'road' ? 25 : null,
  size: 0.3,
  distance_m: 120,
  lon: 106.81,
  lat: 39.61,
  height: 1081,
  building: null,
});

beforeAll(async () => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  vi.stubGlobal(
    'ResizeObserver',
    class {
      private readonly told: () => void;
      constructor(told: () => void) {
        this.told = told;
      }
      observe() {
        this.told();
      }
      unobserve() {}
      disconnect() {}
    },
  );
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener() {}, removeEventListener() {} }));
  vi.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(WIDE);
  vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(HIGH);
  await startLanguages('zh');
});

beforeEach(async () => {
  asked = [];
  answer = () => json({ camera: 'a', names: [thing('road', 'r', 0.25, 0.5), thing('building', 'b', 0.75, 0.5)] });
  store = createAppStore();
  store.getState().setCameras([camera('a')]);
  store.getState().openPicture('a');
  box = document.body.appendChild(document.createElement('div'));
  root = createRoot(box);
  const api = createClient(
    () => 'zh',
    async (path) => {
      asked.push(String(path));
      return String(path).includes('/names') ? answer() : json(details({ id: 'a' }));
    },
  );
  await act(async () => {
    root.render(
      <QueryClientProvider client={new QueryClient()}>
        <AntApp>
          <AppContext value={{ store, api }}>
            <PictureWindows />
          </AppContext>
        </AntApp>
      </QueryClientProvider>,
    );
  });
  await vi.waitFor(() => expect(box.querySelector('[data-names]')).not.toBeNull(), SOON);
});

afterEach(async () => {
  act(() => root.unmount());
  box.remove();
  await setLanguage('zh');
});

const named = (id: string) => box.querySelector<SVGGElement>(`[data-name="${id}"]`);
const switchOn = () => act(() => (box.querySelector('[data-names]') as HTMLElement).click());

it('asks for names only when they are wanted, and puts each where it is', async () => {
  expect(asked.some((path) => path.includes('/names'))).toBe(false);
  switchOn();
  await vi.waitFor(() => expect(named('b')).not.toBeNull(), SOON);
  expect(named('r')?.textContent).toContain('名r');
  // Two pixels of the camera's picture are one of the page.
  expect(named('r')?.getAttribute('transform')).toBe('translate(480 540) scale(2)');
  expect(named('b')?.getAttribute('transform')).toBe('translate(1440 540) scale(2)');
  expect(named('r')?.querySelector('text')?.getAttribute('transform')).toContain('rotate(25)');
  switchOn();
  expect(named('b')).toBeNull();
});

it('speaks the reader’s language', async () => {
  store.getState().setLang('en');
  switchOn();
  await vi.waitFor(() => expect(named('b')?.textContent).toContain('Name b'), SOON);
});

it('takes the map to what is clicked, and not the picture', async () => {
  switchOn();
  await vi.waitFor(() => expect(named('b')).not.toBeNull(), SOON);
  act(() => named('b')?.dispatchEvent(new MouseEvent('click', { bubbles: true })));
  expect(store.getState().flyTo).toMatchObject({ lon: 106.81, lat: 39.61, height: 1081 });
  const before = store.getState().flyTo?.nonce ?? 0;
  act(() => named('r')?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true })));
  expect(store.getState().flyTo?.nonce).toBe(before + 1);
  expect(asked.some((path) => path.includes('/locate'))).toBe(false);
});

it('says where nothing has a name', async () => {
  answer = () => json({ camera: 'a', names: [] });
  switchOn();
  await vi.waitFor(() => expect(box.querySelector('.nonames')?.textContent).toBe('画面中没有可标注的地名'), SOON);
});

it('says that names failed, and asks again', async () => {
  answer = () => json({ type: '/problems/internal', title: '错误', status: 500, detail: '坏了' }, 500);
  switchOn();
  await vi.waitFor(() => expect(box.querySelector('.nonames')?.textContent).toContain('读取失败'), SOON);
  answer = () => json({ camera: 'a', names: [thing('place', 'p', 0.5, 0.5)] });
  act(() => (box.querySelector('.nonames button') as HTMLElement).click());
  await vi.waitFor(() => expect(named('p')).not.toBeNull(), SOON);
});
