/** Tells the scene of a moving picture that is on the screen, for as long as it is. */
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { CameraDetails } from '../../api/types';
import { aimWords } from '../../model/drapes';
import { useAppContext } from '../app';
import type { Steer } from './useSteer';
import type { Video } from './useVideo';
import { stateWords } from './words';

/** After these nothing comes any more unless somebody asks for it. */
const OVER: readonly string[] = ['ended', 'refused', 'unplayable', 'unsupported'];

export function useFilm(camera: CameraDetails, video: Video, steer: Steer): void {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const { element, session, showing, state } = video;
  const { id, version } = camera;
  // A break ends the session; until the next one the last picture keeps its mark.
  const mark = useRef('');
  if (session) mark.current = session.mark;
  const over = OVER.includes(state.kind);
  const stalled = state.kind === 'playing' ? null : stateWords(state, null, t);
  const turns = camera.type === 'ptz';
  const aim = turns ? steer.aim : null;
  const turning = turns && steer.busy;
  const words = aimWords(aim);
  // biome-ignore lint/correctness/useExhaustiveDependencies: an aim is what its words say
  useEffect(() => {
    if (!element || !showing || !mark.current) {
      if (element) store.getState().dropFilm(id, element);
      return;
    }
    store.getState().setFilm(id, { screen: element, mark: mark.current, version, aim, turning, stalled });
  }, [element, showing, session, id, version, words, turning, stalled, store]);
  useEffect(() => {
    if (over) store.getState().setDrape(id, false);
  }, [over, id, store]);
  useEffect(() => {
    if (!element) return;
    return () => {
      const { films, dropFilm, setDrape } = store.getState();
      // Another viewing of the same camera may go on.
      if (films[id] && films[id].screen !== element) return;
      dropFilm(id, element);
      setDrape(id, false);
    };
  }, [element, id, store]);
}
