/** Keys that an input method takes while words are composed. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { App as AntApp } from 'antd';
import { act, type ReactNode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { createClient } from '../../../src/api/client';
import { startLanguages } from '../../../src/i18n';
import { type AppStore, createAppStore } from '../../../src/model/store';
import type { Vehicle } from '../../../src/model/vehicles';
import { AppContext } from '../../../src/panels/app';
import { NoteForm } from '../../../src/panels/incidents/NoteForm';
import { SearchBox } from '../../../src/panels/SearchBox';
import { VehicleDesk } from '../../../src/panels/vehicles/VehicleDesk';

vi.setConfig({ testTimeout: 30_000 });

let root: Root;
let box: HTMLDivElement;
let store: AppStore;

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
  const car = { id: 'a', name: '巡逻七号', name_en: '', type: 'patrol', duty: 'free', call_sign: '', plate: '' };
  store = createAppStore({ vehicles: new Map([['a', car as Vehicle]]), desk: { kind: 'vehicles' } });
});

afterEach(() => {
  act(() => root.unmount());
  box.remove();
});

async function show(children: ReactNode) {
  const api = createClient(
    () => 'zh',
    async () =>
      new Response(
        JSON.stringify({ features: [], matched: 0, results: [], geometry: { coordinates: [] }, position: null }),
        {
          headers: { 'content-type': 'application/json' },
        },
      ),
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

const press = (field: string, key: string, isComposing: boolean) =>
  act(async () =>
    box
      .querySelector<HTMLElement>(field)
      ?.dispatchEvent(new KeyboardEvent('keydown', { key, isComposing, bubbles: true })),
  );

it('the list of vehicles neither closes nor flies off while its search is composed', async () => {
  await show(<VehicleDesk />);
  await press('#vehicle-search', 'Enter', true);
  await press('#vehicle-search', 'Escape', true);
  expect([store.getState().unit, store.getState().desk]).toEqual([null, { kind: 'vehicles' }]);
  await press('#vehicle-search', 'Enter', false);
  await press('#vehicle-search', 'Escape', false);
  expect([store.getState().unit, store.getState().desk]).toEqual(['vehicle:a', null]);
});

it('a note stays while it is composed', async () => {
  store.getState().askIncident('note');
  await show(<NoteForm id="i" moves={{} as never} />);
  await press('#note textarea', 'Escape', true);
  expect(store.getState().incidentAsk).toBe('note');
  await press('#note textarea', 'Escape', false);
  expect(store.getState().incidentAsk).toBeNull();
});

it('the search is not left while it is composed', async () => {
  await show(<SearchBox />);
  const field = box.querySelector<HTMLElement>('#search');
  await act(async () => field?.focus());
  for (const composing of [true, true]) await press('#search', 'Escape', composing);
  expect(document.activeElement).toBe(field);
  for (const composing of [false, false]) await press('#search', 'Escape', composing);
  expect(document.activeElement).not.toBe(field);
});
