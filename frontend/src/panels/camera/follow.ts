/** Coverage and cone of the camera in hand, following it: coarse while it is dragged, exact when it rests. */
import { useEffect, useState } from 'react';
import type { ConeAnswer, CoverageAnswer, Ladder } from '../../api/types';
import { Lane } from '../../model/lane';
import type { AppState } from '../../model/store';
import { type Trial, trialQuery } from '../../model/trial';
import type { App } from '../app';
import { useAppContext } from '../app';

interface Ask {
  trial: Trial;
  ladder: Ladder;
}

/** The server answers one while the page takes in the other. */
const ABREAST = 2;

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
      ABREAST,
    ),
    cone: new Lane<Ask>(
      guarded<ConeAnswer>(
        ({ trial }, signal) => api.coneOf(trial.camera, { ...trialQuery(trial) }, undefined, signal),
        (cone) => store.getState().setCone(cone),
      ),
      ABREAST,
    ),
  };
}

/**
 * Asks along with the trial, past the panels: a hand moves faster than they are drawn.
 * The fault of the last question, if it had one.
 */
export function useFollow(): unknown {
  const app = useAppContext();
  const [fault, setFault] = useState<unknown>();
  useEffect(() => {
    const asked = lanes(app, setFault);
    let last: Trial | undefined;
    let lastLadder: Ladder | undefined;
    const follow = ({ trial, ladder }: AppState) => {
      const before = last;
      const turned = ladder !== lastLadder;
      if (trial === before && !turned) return;
      last = trial;
      lastLadder = ladder;
      if (!trial) return;
      const moved = !before || !isSame(before.values, trial.values) || before.camera !== trial.camera;
      const rested = before?.dragging === true && !trial.dragging;
      if (!moved && !rested && !turned) return;
      for (const lane of [asked.coverage, asked.cone]) {
        if (trial.dragging && !rested) lane.push({ trial, ladder });
        else lane.flush({ trial, ladder });
      }
    };
    follow(app.store.getState());
    const leave = app.store.subscribe(follow);
    return () => {
      leave();
      asked.coverage.stop();
      asked.cone.stop();
    };
  }, [app]);
  return fault;
}
