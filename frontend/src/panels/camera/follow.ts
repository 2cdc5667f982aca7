/** Coverage and cone of the camera in hand, following it: coarse while it is dragged, exact when it rests. */
import { useEffect, useMemo, useRef, useState } from 'react';
import type { ConeAnswer, CoverageAnswer, Ladder } from '../../api/types';
import { Lane } from '../../model/lane';
import { type Trial, trialQuery } from '../../model/trial';
import type { App } from '../app';
import { useApp, useAppContext } from '../app';

interface Ask {
  trial: Trial;
  ladder: Ladder;
}

const isSame = (a: Trial['values'], b: Trial['values']) => JSON.stringify(a) === JSON.stringify(b);

function lanes({ api, store }: App, told: (error: unknown) => void) {
  const live = (trial: Trial) => store.getState().trial?.camera === trial.camera;
  const guarded =
    <A>(ask: (question: Ask, signal: AbortSignal) => Promise<A>, take: (answer: A, question: Ask) => void) =>
    async (question: Ask, signal: AbortSignal) => {
      try {
        const answer = await ask(question, signal);
        if (signal.aborted || !live(question.trial)) return;
        told(undefined);
        take(answer, question);
      } catch (error) {
        if (!signal.aborted) told(error);
      }
    };
  return {
    coverage: new Lane<Ask>(
      guarded<CoverageAnswer>(
        ({ trial, ladder }, signal) =>
          api.coverageOf(trial.camera, { ladder, ...trialQuery(trial), preview: trial.dragging ? 1 : 0 }, signal),
        (geojson, { trial, ladder }) => store.getState().setCoverage({ camera: trial.camera, ladder, geojson }),
      ),
    ),
    cone: new Lane<Ask>(
      guarded<ConeAnswer>(
        ({ trial }, signal) => api.coneOf(trial.camera, { ...trialQuery(trial) }, undefined, signal),
        (cone) => store.getState().setCone(cone),
      ),
    ),
  };
}

/** Asks along with the trial; the fault of the last question, if it had one. */
export function useFollow(): unknown {
  const app = useAppContext();
  const trial = useApp((state) => state.trial);
  const ladder = useApp((state) => state.ladder);
  const [fault, setFault] = useState<unknown>();
  const asked = useMemo(() => lanes(app, setFault), [app]);
  const before = useRef<Trial>(undefined);
  useEffect(() => {
    const last = before.current;
    before.current = trial;
    if (!trial) return;
    const moved = !last || !isSame(last.values, trial.values) || last.camera !== trial.camera;
    const rested = last?.dragging === true && !trial.dragging;
    if (rested || (moved && !trial.dragging)) {
      asked.coverage.flush({ trial, ladder });
      asked.cone.flush({ trial, ladder });
    } else if (moved) {
      asked.coverage.push({ trial, ladder });
      asked.cone.push({ trial, ladder });
    }
  }, [trial, ladder, asked]);
  useEffect(
    () => () => {
      asked.coverage.stop();
      asked.cone.stop();
    },
    [asked],
  );
  return fault;
}
