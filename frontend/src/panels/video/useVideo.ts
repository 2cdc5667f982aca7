/** The moving picture of one camera, as long as a panel shows it. */
import { useEffect, useRef, useState } from 'react';
import type { StreamRole, StreamSeen, StreamsAnswer, ViewingSession } from '../../api/streams';
import { purposeOf } from '../../model/videoState';
import { type VideoState, Viewing } from '../../model/viewing';
import { type Choice, firstWay, playingBeside, type Way } from '../../model/ways';
import { useApp, useAppContext } from '../app';
import { useSteadyPicture } from '../camera/Still';
import { useMay } from '../may';
import { useStreams } from './queries';
import { useFrames } from './useFrames';
import { useLast } from './useLast';

/** What keeps the still alone; null: nothing does. */
export type Kept = 'noGrant' | 'noStream' | 'noInfo' | null;

export interface Video {
  state: VideoState;
  kept: Kept;
  info: StreamsAnswer | undefined;
  /** the one that is wished for; `way` says which is shown */
  stream: StreamSeen | undefined;
  way: Way | null;
  /** of the wished stream, as far as known */
  codec: string | null;
  choice: Choice;
  choose: (choice: Choice) => void;
  session: ViewingSession | null;
  /** a picture of the video is on the screen, were it the last one before a break */
  showing: boolean;
  /** address of the newest picture, where there are pictures instead of motion, or none is there yet */
  frame: string | undefined;
  /** when that picture was taken, where it is one of a while ago */
  since: Date | null;
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
  const [way, setWay] = useState<Way | null>(null);
  const [found, setFound] = useState<string | null>(null);
  const [wanted, setWanted] = useState<{ stream: string; choice: Choice } | null>(null);
  const restart = () => setTurn((before) => before + 1);
  const id = stream?.id;
  const choice = wanted && wanted.stream === id ? wanted.choice : 'auto';
  const known = useRef<{ streams: StreamSeen[]; stream: StreamSeen } | undefined>(undefined);
  // What is learned while it plays does not begin it anew.
  known.current = info.data && stream && { streams: info.data.streams, stream };
  const asked = info.data?.purpose_needed === true;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `turn` begins it anew
  useEffect(() => {
    if (!element || !here || id === undefined || !known.current) return;
    const { streams, stream: wished } = known.current;
    const purpose = purposeOf(store.getState(), camera);
    if (asked && purpose === undefined) return setState({ kind: 'purpose' });
    const tell = (next: VideoState) => {
      setState(next);
      const stays = next.kind === 'waiting' || next.kind === 'pictures';
      setShowing(next.kind === 'playing' || (stays && element.readyState >= HAS_PICTURE));
    };
    const wish = {
      camera,
      stream: id,
      first: firstWay(streams, wished, choice),
      beside: playingBeside(streams, id),
      ...(purpose !== undefined && { purpose }),
    };
    const told = (next: Way, codec: string | null) => {
      setWay(next);
      if (codec) setFound(codec);
    };
    const ear = { state: tell, session: setSession, way: told };
    const viewing = new Viewing(wish, { doors: api, screen: element }, ear);
    viewing.start();
    return () => {
      viewing.close();
      setState(STILL);
      setSession(null);
      setShowing(false);
      setWay(null);
    };
  }, [element, here, camera, id, asked, choice, turn, store, api]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: found out of one stream
  useEffect(() => setFound(null), [id]);
  usePurpose(camera, state, restart);
  const every_s = state.kind === 'pictures' ? state.every_s : null;
  const newest = useSteadyPicture(useFrames(camera, session?.session ?? null, every_s)).shown;
  // Until there is motion again the last picture stays.
  const frame = ['pictures', 'opening', 'waiting'].includes(state.kind) ? newest : undefined;
  const bare = (state.kind === 'opening' || state.kind === 'waiting') && !showing && newest === undefined;
  const last = useLast(camera, session?.session ?? null, bare);
  const none = info.data?.streams.length === 0;
  const kept: Kept = allowed ? (info.error ? 'noInfo' : none ? 'noStream' : null) : 'noGrant';
  return {
    state,
    kept,
    info: info.data,
    stream,
    way,
    codec: found ?? stream?.codec ?? null,
    choice,
    choose: (next) => id !== undefined && setWanted({ stream: id, choice: next }),
    session,
    showing: showing && !(state.kind === 'pictures' && frame !== undefined),
    frame: frame ?? last?.address,
    since: frame === undefined ? (last?.at ?? null) : null,
    screen: setElement,
    element,
    restart,
  };
}
