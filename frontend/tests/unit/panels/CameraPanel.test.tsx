import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { App as AntApp } from 'antd';
import { act, type ReactNode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { createClient } from '../../../src/api/client';
import type { CoverageAnswer } from '../../../src/api/types';
import { startLanguages } from '../../../src/i18n';
import { type AppStore, createAppStore } from '../../../src/model/store';
import { startTrial } from '../../../src/model/trial';
import { AppContext } from '../../../src/panels/app';
import { CameraPanel } from '../../../src/panels/CameraPanel';
import { AdjustPanel } from '../../../src/panels/camera/AdjustPanel';
import { areasByClass } from '../../../src/panels/camera/Classes';
import { PictureView } from '../../../src/panels/camera/PictureView';
import { camera, details } from '../cameras';

/** Whole panels take their time on a busy machine. */
vi.setConfig({ testTimeout: 30_000 });
const SOON = { timeout: 20_000 };

let root: Root;
let box: HTMLDivElement;
let asked: string[];

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
  asked = [];
  box = document.body.appendChild(document.createElement('div'));
  root = createRoot(box);
});

afterEach(() => {
  act(() => root.unmount());
  box.remove();
});

const empty = { type: 'FeatureCollection', camera: 'a', features: [] };

function answers(path: string): unknown {
  asked.push(path);
  if (path.includes('/coverage')) return empty;
  if (path.includes('/cone')) return { camera: 'a', eye: [106.8, 39.6, 1085], rows: 0, cols: 0, points: [], kinds: [] };
  return details({ assumed: [{ field: 'pitch_deg', text: '俯仰角 −10°' }] });
}

async function show(store: AppStore, children: ReactNode) {
  const api = createClient(
    () => 'zh',
    async (path) =>
      new Response(JSON.stringify(answers(String(path))), { headers: { 'content-type': 'application/json' } }),
  );
  await act(async () => {
    root.render(
      <QueryClientProvider client={new QueryClient()}>
        <AntApp>
          <AppContext value={{ store, api }}>{children}</AppContext>
        </AntApp>
      </QueryClientProvider>,
    );
  });
}

it('tells state, purpose and what is assumed, and that the picture is simulated', async () => {
  const store = createAppStore({ cameras: new Map([['a', camera('a')]]) });
  await show(store, <CameraPanel camera={camera('a')} />);
  await vi.waitFor(() => expect(box.querySelector('#camera-chips')).not.toBeNull(), SOON);
  const chips = box.querySelector('#camera-chips');
  expect(chips?.querySelector('.fault')?.textContent).toBe('故障');
  expect(chips?.textContent).toContain('治安监控');
  expect(chips?.textContent).toContain('1 项为假定值');
  expect(box.querySelector('.simulated')?.textContent).toBe('模拟画面');
  await act(async () => box.querySelector<HTMLButtonElement>('button.still')?.click());
  expect(store.getState().pictures).toEqual(['a']);
});

it('asks for coverage and cone of the trial, and puts the values into the panel', async () => {
  const store = createAppStore({ cameras: new Map([['a', camera('a')]]) });
  const trial = { ...startTrial(details()), dragging: true };
  store.getState().setTrial(trial);
  const shown = { ...trial, values: { ...trial.values, heading: 200 } };
  store.setState({ trial: shown });
  await show(store, <AdjustPanel trial={shown} camera={camera('a')} />);
  await vi.waitFor(() => expect(box.querySelector('[data-field=heading].changed')).not.toBeNull(), SOON);
  expect(box.querySelector('[data-field=heading] .was')?.textContent).toBe('原 90°');
  await vi.waitFor(() => expect(asked.some((path) => path.includes('/cone?heading=200'))).toBe(true), SOON);
  const coverage = asked.find((path) => path.includes('/coverage'));
  expect(coverage).toContain('heading=200');
  expect(coverage).toContain('preview=1');
});

it('is pointed into by mouse and by keys', async () => {
  const points: [number, number][] = [];
  await show(
    createAppStore(),
    <PictureView
      src={undefined}
      size={[100, 50]}
      label="画面"
      overlay={() => null}
      onPoint={(at) => points.push(at)}
    />,
  );
  const view = box.querySelector('.pictureview');
  const press = (key: string, shiftKey = false) =>
    act(async () => view?.dispatchEvent(new KeyboardEvent('keydown', { key, shiftKey, bubbles: true })));
  await press('ArrowRight', true);
  await press('ArrowUp');
  await press('Enter');
  expect(points).toEqual([[60, 24]]);
  expect(view?.querySelectorAll('.cross line')).toHaveLength(2);
});

it('adds ground and facades of a class apart', () => {
  const feature = (surface: 'ground' | 'facade', area_m2: number) => ({
    properties: { surface, class: 'detect', area_m2 },
  });
  const coverage = { features: [feature('ground', 10), feature('facade', 4)] } as unknown as CoverageAnswer;
  expect(areasByClass(coverage).get('detect')).toEqual({ ground: 10, facade: 4 });
});
