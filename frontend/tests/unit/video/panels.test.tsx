import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { App as AntApp } from 'antd';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { createClient } from '../../../src/api/client';
import type { Account } from '../../../src/api/session';
import { startLanguages } from '../../../src/i18n';
import { type AppStore, createAppStore } from '../../../src/model/store';
import { started, withTour } from '../../../src/model/wall';
import { AppContext } from '../../../src/panels/app';
import { PictureWindows } from '../../../src/panels/camera/PictureWindow';
import { PurposeDialog } from '../../../src/panels/video/PurposeDialog';
import { WallView } from '../../../src/panels/video/WallView';
import { toggleWall } from '../../../src/panels/video/wallKey';
import { camera, details } from '../cameras';

vi.setConfig({ testTimeout: 30_000 });
const SOON = { timeout: 20_000 };

let root: Root;
let box: HTMLDivElement;
let store: AppStore;
let asked: string[];
let streams: object;

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

const account = (may: Account['may']): Account => ({
  name: 'li.min',
  title: '李敏',
  must_change: false,
  roles: [],
  after_agreement: {},
  may,
  ends_at: '2026-11-23T06:00:00Z',
  openid: false,
});

const stream = (id: 'main' | 'sub') => ({ id, role: id, codec: null, width: null, height: null, playable: null });

beforeEach(() => {
  asked = [];
  streams = {
    camera: 'a',
    streams: [stream('main'), stream('sub')],
    simulated: true,
    ptz: false,
    purpose_needed: false,
  };
  store = createAppStore();
  store.getState().setAccount(account({ see: ['camera'], watch: ['camera'] }));
  store.getState().setCameras(['a', 'b', 'c', 'd'].map((id) => camera(id)));
  box = document.body.appendChild(document.createElement('div'));
  root = createRoot(box);
});

afterEach(() => {
  act(() => root.unmount());
  box.remove();
});

async function show(): Promise<void> {
  const json = (value: unknown, status = 200) =>
    new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json' } });
  const api = createClient(
    () => 'zh',
    async (path, init) => {
      asked.push(`${init?.method ?? 'GET'} ${path} ${init?.body ?? ''}`.trim());
      const id = String(path).split('/')[3] ?? '';
      return String(path).startsWith('/api/streams') ? json(streams) : json(details({ id, name: `摄像机 ${id}` }));
    },
  );
  await act(async () => {
    root.render(
      <QueryClientProvider client={new QueryClient()}>
        <AntApp>
          <AppContext value={{ store, api }}>
            <WallView />
            <PictureWindows />
            <PurposeDialog />
          </AppContext>
        </AntApp>
      </QueryClientProvider>,
    );
  });
}

const pane = (index: number) => box.querySelector(`[data-pane="${index}"]`) as HTMLElement;

/** What a mouse carries from one element to another. */
function carry(from: HTMLElement | null, to: HTMLElement, given: Record<string, string> = {}): void {
  const data = new Map(Object.entries(given));
  const dataTransfer = {
    setData: (type: string, value: string) => data.set(type, value),
    getData: (type: string) => data.get(type) ?? '',
    get types() {
      return [...data.keys()];
    },
  };
  const fire = (on: HTMLElement, name: string) =>
    on.dispatchEvent(Object.assign(new Event(name, { bubbles: true, cancelable: true }), { dataTransfer }));
  act(() => {
    if (from) fire(from, 'dragstart');
    fire(to, 'dragover');
    fire(to, 'drop');
  });
}

it('opens the wall by its key as it was before', () => {
  toggleWall(store);
  expect(store.getState().wall).toMatchObject({ size: 4, panes: [null, null, null, null] });
  const wall = store.getState().wall;
  store.getState().setWall(wall && { ...wall, panes: ['a', null, null, 'b'] });
  toggleWall(store);
  expect(store.getState().wall).toBeNull();
  toggleWall(store);
  expect(store.getState().wall?.panes).toEqual(['a', null, null, 'b']);
});

it('takes a camera that is dragged from a list, and swaps panes', async () => {
  toggleWall(store);
  await show();
  carry(null, pane(1), { 'application/x-geoserver-camera': 'a' });
  expect(store.getState().wall?.panes).toEqual([null, 'a', null, null]);
  await vi.waitFor(() => expect(pane(1).querySelector('header')).not.toBeNull(), SOON);
  carry(pane(1).querySelector('header'), pane(2));
  expect(store.getState().wall?.panes).toEqual([null, null, 'a', null]);
  carry(null, pane(0), { 'text/plain': 'b' });
  expect(store.getState().wall?.panes).toEqual([null, null, 'a', null]);
});

it('goes through a tour, until something is put by hand', async () => {
  toggleWall(store);
  const { wall } = store.getState();
  if (wall)
    store
      .getState()
      .setWall(started(withTour({ ...wall, size: 1, panes: [null] }, { cameras: ['a', 'b'], dwell_s: 5 })));
  vi.useFakeTimers();
  try {
    await show();
    expect(store.getState().wall?.panes).toEqual(['a']);
    act(() => vi.advanceTimersByTime(5_000));
    expect(store.getState().wall?.panes).toEqual(['b']);
    act(() => vi.advanceTimersByTime(5_000));
    expect(store.getState().wall?.panes).toEqual(['a']);
    carry(null, pane(0), { 'application/x-geoserver-camera': 'd' });
    act(() => vi.advanceTimersByTime(20_000));
    expect(store.getState().wall).toMatchObject({ panes: ['d'], tour: { running: false } });
  } finally {
    vi.useRealTimers();
  }
});

it('asks what for before it asks for a ticket', async () => {
  streams = { ...streams, purpose_needed: true };
  store.getState().openPicture('a');
  await show();
  await vi.waitFor(() => expect(store.getState().purposeFor).toBe('a'), SOON);
  expect(asked.some((line) => line.includes('/ticket'))).toBe(false);
  expect(box.querySelector('.nofilm')?.textContent).toContain('用途');
});

it('shows the still alone to whoever may not watch, and asks for nothing', async () => {
  store.getState().setAccount(account({ see: ['camera'] }));
  store.getState().openPicture('a');
  await show();
  await vi.waitFor(() => expect(box.querySelector('.nofilm')?.textContent).toContain('权限'), SOON);
  expect(box.querySelector('.picturebody')?.getAttribute('data-state')).toBe('noGrant');
  expect(asked.some((line) => line.includes('/api/streams'))).toBe(false);
});

it('says so where a browser has no Media Source Extensions', async () => {
  store.getState().openPicture('a');
  await show();
  await vi.waitFor(() => expect(box.querySelector('.nofilm')?.textContent).toContain('浏览器不支持'), SOON);
});
