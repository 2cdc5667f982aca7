/** What every panel has at hand: the store, the server's doors, the reader's language. */
import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { Api } from '../api/client';
import type { Lang } from '../api/types';
import type { AppState, AppStore } from '../model/store';

export interface App {
  store: AppStore;
  api: Api;
}

export const AppContext = createContext<App | null>(null);

export function useAppContext(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error('panels stand inside AppContext');
  return app;
}

/** A part of the state; the panel is drawn again when that part changes. */
export function useApp<T>(select: (state: AppState) => T): T {
  return useStore(useAppContext().store, select);
}

export function useLang(): Lang {
  return useApp((state) => state.lang);
}
