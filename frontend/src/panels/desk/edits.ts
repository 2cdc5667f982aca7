/** Writing to the city, and what follows on this page: the lists, the drawn things, the way back. */
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { App as AntApp } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/client';
import type { CameraFields, NewCamera, Undone } from '../../api/editing';
import type { CameraDetails } from '../../api/types';
import type { AppStore } from '../../model/store';
import { type App, useAppContext } from '../app';

/** A write that takes longer than this is said to be under way. */
const PATIENCE_MS = 500;
const WAITING = 'writing';

/** Answers that may be others after any camera changed. */
const TOUCHED = ['link', 'journal', 'conflicts', 'city-coverage', 'search', 'sees', 'neighbours'];

/** What is asked of a camera that looks somewhere. */
const LOOKING = ['cone', 'coverage', 'sees', 'project'];

/** Whether this page knows a camera as it is told here, or later. Answers overtake each other. */
export function isKnown(store: AppStore, { id, version }: Pick<CameraDetails, 'id' | 'version'>): boolean {
  return (store.getState().cameras.get(id)?.version ?? 0) >= version;
}

/** Puts a camera as the server has it now in the place of what this page knew. */
export function takeCamera(store: AppStore, queries: QueryClient, camera: CameraDetails): void {
  const state = store.getState();
  if (isKnown(store, camera)) return;
  if (camera.status === 'retired') state.removeCamera(camera.id);
  else state.setCamera(camera);
  queries.setQueryData(['camera', camera.id, state.lang], camera);
  const ofCamera = ({ queryKey }: { queryKey: readonly unknown[] }) => queryKey.includes(camera.id);
  // Panels first learn of the camera as it is now: one without a direction is not asked what it covers.
  setTimeout(() => {
    void queries.invalidateQueries({ predicate: ofCamera });
    for (const key of TOUCHED) void queries.invalidateQueries({ queryKey: [key] });
  }, 0);
}

/**
 * Runs a write that may take a camera's direction away: what is being asked about where cameras look is let go
 * of first, and asked again afterwards where it is still wanted.
 */
async function whileNothingIsAsked<T>(queries: QueryClient, write: () => Promise<T>): Promise<T> {
  const under = queries
    .getQueryCache()
    .findAll({ fetchStatus: 'fetching', predicate: ({ queryKey: [kind] }) => LOOKING.includes(String(kind)) });
  const those = { predicate: (query: unknown) => under.some((one) => one === query) };
  await queries.cancelQueries(those);
  try {
    return await write();
  } finally {
    if (under.length > 0) setTimeout(() => void queries.invalidateQueries(those), 0);
  }
}

/** All cameras afresh: after a load, or when many changed. */
export async function refetchCameras({ store, api }: App, queries: QueryClient): Promise<void> {
  const { cameras } = await api.cameras();
  store.getState().setCameras(cameras);
  await queries.invalidateQueries();
}

/** An error as one sentence. */
export function sentence(error: unknown, silent: string): string {
  if (error instanceof ApiError) return error.problem.detail || error.problem.title;
  return silent;
}

export function useEdits() {
  const app = useAppContext();
  const queries = useQueryClient();
  const { message } = AntApp.useApp();
  const { t } = useTranslation();
  return useMemo(() => {
    const { store, api } = app;
    const take = (camera: CameraDetails) => takeCamera(store, queries, camera);
    /** Runs a write; a refusal is told, and what it was about is read afresh. */
    const attempt = async <T>(write: () => Promise<T>, said?: (answer: T) => string): Promise<T | undefined> => {
      if (store.getState().replay) {
        message.warning(t('replay.readOnly'), 6);
        return undefined;
      }
      const waiting = setTimeout(
        () => message.loading({ content: t('edit.writing'), key: WAITING, duration: 0 }),
        PATIENCE_MS,
      );
      try {
        const answer = await write();
        if (said) message.success(said(answer));
        return answer;
      } catch (error) {
        message.error(sentence(error, t('error.offline')), 6);
        if (error instanceof ApiError && [404, 409, 412].includes(error.status)) void queries.invalidateQueries();
        return undefined;
      } finally {
        clearTimeout(waiting);
        message.destroy(WAITING);
      }
    };
    const fresh = (camera: CameraDetails) => {
      store.getState().setRedo([]);
      take(camera);
    };
    const reversed = async (undone: Undone) => {
      if (undone.camera) take(undone.camera);
      else await refetchCameras(app, queries);
      void queries.invalidateQueries({ queryKey: ['volumes'] });
      return undone;
    };
    const what = (undone: Undone) => undone.undone.at(-1)?.name || undone.undone.at(-1)?.id || '';
    return {
      attempt,
      /** Reads the version first where the caller has none. */
      patch: (id: string, fields: CameraFields, version?: number) =>
        attempt(
          async () => {
            const seen = version ?? (await api.camera(id)).version;
            const camera = await whileNothingIsAsked(queries, () => api.patchCamera(id, seen, fields));
            fresh(camera);
            return camera;
          },
          () => t('edit.saved'),
        ),
      create: (fields: NewCamera) =>
        attempt(
          async () => {
            const camera = await api.createCamera(fields);
            fresh(camera);
            return camera;
          },
          () => t('edit.created'),
        ),
      retire: (id: string) =>
        attempt(
          async () => {
            const { version } = await api.camera(id);
            const camera = await api.retireCamera(id, version);
            fresh(camera);
            return camera;
          },
          () => t('edit.retired'),
        ),
      undo: (rows?: { seq: number; through: number }) =>
        attempt(
          async () => {
            const undone = await reversed(await whileNothingIsAsked(queries, () => api.undo(rows)));
            const { redo, setRedo } = store.getState();
            setRedo([...redo, { seq: undone.seq, through: undone.through }]);
            return undone;
          },
          (undone) => t('edit.undone', { what: what(undone) }),
        ),
      redo: () =>
        attempt(
          async () => {
            const { redo, setRedo } = store.getState();
            const last = redo.at(-1);
            if (!last) throw new Error('nothing was undone');
            setRedo(redo.slice(0, -1));
            return reversed(await whileNothingIsAsked(queries, () => api.undo(last)));
          },
          (undone) => t('edit.redone', { what: what(undone) }),
        ),
    };
  }, [app, queries, message, t]);
}

export type Edits = ReturnType<typeof useEdits>;
