/** The newest picture of a viewing that is sent no motion, asked for every few seconds. */
import { useEffect, useRef, useState } from 'react';
import { useAppContext } from '../app';

/** So many are kept: the one that is shown, and the one that is being loaded. */
const KEPT = 2;

/** The address of the last picture, which stays when no more are asked for (`every_s` null). */
export function useFrames(camera: string, session: string | null, every_s: number | null): string | undefined {
  const { api } = useAppContext();
  const [shown, setShown] = useState<string>();
  const made = useRef<string[]>([]);
  useEffect(() => {
    if (session === null || every_s === null) return;
    const ended = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async () => {
      try {
        const picture = await api.frame(camera, session, ended.signal);
        if (ended.signal.aborted) return;
        const address = URL.createObjectURL(picture);
        made.current.push(address);
        for (const old of made.current.splice(0, made.current.length - KEPT)) URL.revokeObjectURL(old);
        setShown(address);
      } catch {
        // The next one may come; that the viewing has ended is told by its connection.
        if (ended.signal.aborted) return;
      }
      timer = setTimeout(() => void ask(), every_s * 1000);
    };
    void ask();
    return () => {
      ended.abort();
      clearTimeout(timer);
    };
  }, [camera, session, every_s, api]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: of another camera nothing stays
  useEffect(
    () => () => {
      for (const address of made.current.splice(0)) URL.revokeObjectURL(address);
      setShown(undefined);
    },
    [camera],
  );
  return shown;
}
