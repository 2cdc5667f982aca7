/** What panels do while the past is shown. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { App as AntApp } from 'antd';
import { act, type ReactNode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { createClient } from '../../../src/api/client';
import { startLanguages } from '../../../src/i18n';
import { type AppStore, createAppStore } from '../../../src/model/store';
import { startTrial } from '../../../src/model/trial';
import { AppContext } from '../../../src/panels/app';
import { AdjustPanel } from '../../../src/panels/camera/AdjustPanel';
import { CalibratePanel } from '../../../src/panels/camera/CalibratePanel';
import { CrossingNotices } from '../../../src/panels/incidents/Crossings';
import { NearestVehicles } from '../../../src/panels/incidents/NearestVehicles';
import { camera, details } from '../cameras';

vi.setConfig({ testTimeout: 30_000 });
const SOON = { timeout: 20_000 };
const THEN = Date.now() - 3_600_000;

let root: Root;
let box: HTMLDivElement;
let store: AppStore;
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
  await startLanguages('zh');
});

beforeEach(() => {
  asked = [];
  box = document.body.appendChild(document.createElement('div'));
  root = createRoot(box);
  const account = { name: 'x', may: { change: ['camera'] }, after_agreement: {} } as never;
  store = createAppStore({ account, cameras: new Map([['a', camera('a')]]) });
});

afterEach(() => {
  act(() => root.unmount());
  box.remove();
});

function answer(path: string): unknown {
  if (path.includes('/nearest')) return { incident: 'i', sent: [], vehicles: [], unheard: [], unheard_matched: 0 };
  if (path.includes('/coverage')) return { type: 'FeatureCollection', camera: 'a', features: [] };
  if (path.includes('/cone')) return { camera: 'a', eye: [106.8, 39.6, 1085], rows: 0, cols: 0, points: [], kinds: [] };
  return details();
}

async function show(children: ReactNode) {
  const api = createClient(
    () => 'zh',
    async (path, init) => {
      asked.push(`${init?.method ?? 'GET'} ${String(path)}`);
      return new Response(JSON.stringify(answer(String(path))), { headers: { 'content-type': 'application/json' } });
    },
  );
  await act(async () =>
    root.render(
      <QueryClientProvider client={new QueryClient()}>
        <AntApp>
          <AppContext value={{ store, api }}>{children}</AppContext>
        </AntApp>
      </QueryClientProvider>,
    ),
  );
}

it('lists no vehicles of now beside an incident of the past, and says why', async () => {
  const incident = { id: 'i', state: 'accepted' } as never;
  store.getState().replayAt(THEN);
  await show(<NearestVehicles incident={incident} detail={{ allowed: [] } as never} moves={{} as never} />);
  expect(box.querySelector('#nearest')?.textContent).toContain('正在回放');
  expect(asked).toEqual([]);
  await act(async () => store.getState().endReplay());
  await vi.waitFor(() => expect(asked).toHaveLength(1), SOON);
  expect(box.querySelector('#nearest')?.textContent).not.toContain('正在回放');
});

it('marks crossings of now as live, only then', async () => {
  const crossing = { id: 'c', zone: 'z', name: '围栏', moverKind: 'unit', mover: 'u', lon: 106.8, lat: 39.6 };
  store.getState().takeCrossings([{ ...crossing, way: 'enter', at: Date.now() }], true);
  await show(<CrossingNotices />);
  expect(box.querySelector('.crossing')?.textContent).not.toContain('实时');
  await act(async () => store.getState().replayAt(THEN));
  expect(box.querySelector('.crossing')?.textContent).toContain('实时');
});

it('writes no camera', async () => {
  const trial = startTrial(details());
  const moved = { ...trial, values: { ...trial.values, heading: 200 } };
  store.setState({ trial: moved, tool: 'adjust' });
  const save = () => box.querySelector<HTMLButtonElement>('#adjust-save');
  await show(<AdjustPanel trial={moved} camera={camera('a')} />);
  await vi.waitFor(() => expect(save()?.disabled).toBe(false), SOON);
  await act(async () => store.getState().replayAt(THEN));
  expect([save()?.disabled, save()?.title]).toEqual([true, '正在回放过去的态势，不能操作。按 L 回到实时。']);
  // What is in the hand stays there for the present.
  expect(store.getState().trial).toBe(moved);
  await act(async () => store.getState().endReplay());
  expect(save()?.disabled).toBe(false);
});

it('takes no calibration over', async () => {
  const apply = () => box.querySelector<HTMLButtonElement>('#calibrate-apply');
  const calibration = { rms_px: 1, loo_m: null, heading_deg: 1, pitch_deg: 1, roll_deg: 1, hfov_deg: 1 };
  const lens = { hfov: 60, distortion: [] };
  const solved = {
    verdict: 'good',
    text: '好',
    pose: trialPose,
    lens,
    calibration,
    residuals: [],
    patch: {},
    version: 1,
  };
  store.getState().calibrate('a');
  store.getState().setCalibrated(solved as never);
  await show(<CalibratePanel camera={camera('a')} />);
  await vi.waitFor(() => expect(apply()?.disabled).toBe(false), SOON);
  await act(async () => store.getState().replayAt(THEN));
  expect(apply()?.disabled).toBe(true);
});

const trialPose = { lon: 106.8, lat: 39.6, height: 1085, heading: 90, pitch: -10, roll: 0, mount_height: 5 };
