/** The course of a load: what was chosen, what the server said, what comes next. */
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { ImportAnswer, ImportHow, ImportMode } from '../../api/importing';
import { useAppContext } from '../app';
import { refetchCameras } from '../desk/edits';
import { acceptProposals, type Chosen, choose, chosenOf, mappingOf } from './mapping';

export const PLAIN: ImportHow = {
  crs: '',
  height_reference: 'above ground',
  vertical_datum: '',
  header: 'auto',
  sheet: '',
  mapping: {},
};

/** Proposals that were accepted, by camera: fields to set once the list is in. */
export type Accepted = ReadonlyMap<string, Record<string, unknown>>;

export interface Load {
  file: File | null;
  how: ImportHow;
  answer: ImportAnswer | null;
  chosen: Chosen;
  accepted: Accepted;
  /** proposals that could not be applied after the load */
  failed: number;
  step: 0 | 1 | 2 | 3;
  busy: ImportMode | 'settle' | null;
  error: unknown;
  /** cameras that a commit would write */
  writes: number;
  open(file: File): Promise<void>;
  change(how: Partial<ImportHow>): Promise<void>;
  choose(column: number, field: string | null): void;
  acceptColumns(): void;
  accept(camera: string, patch: Record<string, unknown> | null): void;
  check(): Promise<void>;
  commit(): Promise<void>;
  back(): void;
  restart(): void;
  cancel(): void;
}

export function useLoad(): Load {
  const app = useAppContext();
  const queries = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const [how, setHow] = useState(PLAIN);
  const [looked, setLooked] = useState<ImportAnswer | null>(null);
  const [answer, setAnswer] = useState<ImportAnswer | null>(null);
  const [chosen, setChosen] = useState<Chosen>(new Map());
  const [accepted, setAccepted] = useState<Accepted>(new Map());
  const [failed, setFailed] = useState(0);
  const [step, setStep] = useState<Load['step']>(0);
  const [busy, setBusy] = useState<Load['busy']>(null);
  const [error, setError] = useState<unknown>(null);
  const asking = useRef<AbortController>(undefined);
  useEffect(() => () => asking.current?.abort(), []);

  const ask = useCallback(
    async (what: File, mode: ImportMode, way: ImportHow): Promise<ImportAnswer | undefined> => {
      asking.current?.abort();
      const mine = new AbortController();
      asking.current = mine;
      setBusy(mode);
      setError(null);
      try {
        return await app.api.importCameras(what, mode, way, mine.signal);
      } catch (fault) {
        if (!mine.signal.aborted) setError(fault);
        return undefined;
      } finally {
        if (asking.current === mine) setBusy(null);
      }
    },
    [app],
  );

  const look = async (what: File, way: ImportHow) => {
    const found = await ask(what, 'preview', way);
    if (!found) return;
    setLooked(found);
    setAnswer(found);
    setChosen(chosenOf(found.columns));
    setStep(1);
  };

  const settle = async (done: ImportAnswer) => {
    let missed = 0;
    for (const [id, patch] of accepted) {
      try {
        const { version } = await app.api.camera(id);
        await app.api.patchCamera(id, version, patch);
      } catch {
        missed += 1;
      }
    }
    setFailed(missed);
    app.store.getState().setRedo([]);
    await refetchCameras(app, queries);
    setAnswer(done);
    setStep(3);
  };

  const way = useMemo(
    () => ({ ...how, mapping: looked ? mappingOf(looked.columns, chosen) : {} }),
    [how, looked, chosen],
  );

  return {
    file,
    how,
    answer,
    chosen,
    accepted,
    failed,
    step,
    busy,
    error,
    writes: (answer?.counts?.new ?? 0) + (answer?.counts?.updated ?? 0),
    async open(what) {
      setFile(what);
      setHow(PLAIN);
      setAccepted(new Map());
      await look(what, PLAIN);
    },
    async change(part) {
      const next = { ...how, ...part };
      setHow(next);
      // Another sheet or heading row has other columns; the rest is asked for when it is checked.
      if (file && ('sheet' in part || 'header' in part)) await look(file, next);
    },
    choose: (column, field) => setChosen((before) => choose(before, column, field)),
    acceptColumns: () => setChosen((before) => acceptProposals(looked?.columns ?? [], before)),
    accept: (camera, patch) =>
      setAccepted((before) => {
        const after = new Map(before);
        if (patch) after.set(camera, patch);
        else after.delete(camera);
        return after;
      }),
    async check() {
      if (!file) return;
      const tried = await ask(file, 'dry-run', way);
      if (!tried) return;
      setAnswer(tried);
      setAccepted(new Map());
      if (tried.missing.length === 0) setStep(2);
    },
    async commit() {
      if (!file) return;
      const done = await ask(file, 'commit', way);
      if (!done) return;
      setBusy('settle');
      try {
        await settle(done);
      } catch (fault) {
        setError(fault);
      } finally {
        setBusy(null);
      }
    },
    back: () => {
      setError(null);
      setAnswer(looked);
      setStep(1);
    },
    restart: () => {
      asking.current?.abort();
      setBusy(null);
      setError(null);
      setFile(null);
      setAnswer(null);
      setStep(0);
    },
    cancel: () => {
      asking.current?.abort();
      setBusy(null);
    },
  };
}
