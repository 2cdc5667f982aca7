/** The moving picture of one camera, as long as a panel shows it. */
import { useEffect, useState } from 'react';
import type { StreamRole, StreamSeen, StreamsAnswer, ViewingSession } from '../../api/streams';
import { purposeOf } from '../../model/videoState';
import { type VideoState, Viewing } from '../../model/viewing';
import { useApp, useAppContext } from '../app';
import { useMay } from '../may';
import { useStreams } from './queries';

/** What keeps the still alone; null: nothing does. */
export type Kept = 'noGrant' | 'noStream' | 'noInfo' | null;

export interface Video {
  state: VideoState;
  kept: Kept;
  info: StreamsAnswer | undefined;
  stream: StreamSeen | undefined;
  session: ViewingSession | null;
  /** a picture of the video is on the screen, were it the last one before a break */
  showing: boolean;
  screen: (element: HTMLVideoElement | null) => void;
  element: HTMLVideoElement | null;
  restart: () => void;
}

const STILL: VideoState = { kind: 'still' };
const HAS_PICTURE = 2;

function streamOf(info: StreamsAnswer | undefined, role: StreamRole): StreamSeen | undefined {
  return info?.streams.find((stream) => stream.role === role) ?? info?.streams[0];
}

/** Asks once where a purpose is needed; goes on by itself when it was said. */
function usePurpose(camera: string, state: VideoState, restart: () => void): void {
  const { store } = useAppContext();
  const purpose = useApp((all) => purposeOf(all, camera));
  const needed = state.kind === 'purpose';
  useEffect(() => {
    if (needed && purpose === undefined) store.getState().askPurpose(camera);
  }, [needed, purpose, camera, store]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each purpose that was said
  useEffect(() => {
    if (needed && purpose !== undefined) restart();
  }, [needed, purpose]);
}

export function useVideo(camera: string, role: StreamRole): Video {
  const { store, api } = useAppContext();
  const allowed = useMay('watch', 'camera');
  const here = useApp((state) => state.door === 'in' && state.workspace === 'operate');
  const info = useStreams(camera, allowed && here);
  const stream = streamOf(info.data, role);
  const [element, setElement] = useState<HTMLVideoElement | null>(null);
  const [state, setState] = useState<VideoState>(STILL);
  const [session, setSession] = useState<ViewingSession | null>(null);
  const [showing, setShowing] = useState(false);
  const [turn, setTurn] = useState(0);
  const restart = () => setTurn((before) => before + 1);
  const id = stream?.id;
  const asked = info.data?.purpose_needed === true;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `turn` begins it anew
  useEffect(() => {
    if (!element || !here || id === undefined) return;
    const purpose = purposeOf(store.getState(), camera);
    if (asked && purpose === undefined) return setState({ kind: 'purpose' });
    const tell = (next: VideoState) => {
      setState(next);
      setShowing(next.kind === 'playing' || (next.kind === 'waiting' && element.readyState >= HAS_PICTURE));
    };
    const wish = { camera, stream: id, ...(purpose !== undefined && { purpose }) };
    const viewing = new Viewing(wish, { doors: api, screen: element }, { state: tell, session: setSession });
    viewing.start();
    return () => {
      viewing.close();
      setState(STILL);
      setSession(null);
      setShowing(false);
    };
  }, [element, here, camera, id, asked, turn, store, api]);
  usePurpose(camera, state, restart);
  const none = info.data?.streams.length === 0;
  const kept: Kept = allowed ? (info.error ? 'noInfo' : none ? 'noStream' : null) : 'noGrant';
  return { state, kept, info: info.data, stream, session, showing, screen: setElement, element, restart };
}
