import { Spin } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

/**
 * The newest address that has a picture: the one before stays until the next has come, and
 * addresses that were passed over while one was on its way are never asked for. `pause_ms` after
 * each leaves the server to others.
 */
export function useSteadyPicture(
  url: string | undefined,
  pause_ms = 0,
): {
  shown: string | undefined;
  busy: boolean;
  failed: boolean;
} {
  const [state, setState] = useState<{ shown?: string; settled?: string; failed: boolean }>({ failed: false });
  const wanted = useRef(url);
  const loading = useRef<HTMLImageElement>(undefined);
  const pause = useRef(0);
  const rest = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    wanted.current = url;
    pause.current = pause_ms;
    const later = (before: string) => {
      rest.current = undefined;
      if (wanted.current !== before) next();
    };
    const next = () => {
      const ask = wanted.current;
      if (!ask) return;
      const image = new Image();
      loading.current = image;
      const done = (failed: boolean) => {
        loading.current = undefined;
        setState((before) => ({
          failed,
          settled: ask,
          ...(failed ? before.shown !== undefined && { shown: before.shown } : { shown: ask }),
        }));
        clearTimeout(rest.current);
        rest.current = undefined;
        if (pause.current > 0) rest.current = setTimeout(later, pause.current, ask);
        else if (wanted.current !== ask) next();
      };
      image.onload = () => done(false);
      image.onerror = () => done(true);
      image.src = ask;
    };
    if (pause_ms === 0) {
      clearTimeout(rest.current);
      rest.current = undefined;
    }
    if (!loading.current && !rest.current) next();
  }, [url, pause_ms]);
  useEffect(
    () => () => {
      wanted.current = undefined;
      clearTimeout(rest.current);
      if (loading.current) loading.current.src = '';
    },
    [],
  );
  return { shown: url && state.shown, busy: url !== undefined && state.settled !== url, failed: state.failed };
}

/** The quick picture while the sharp one is still being made; one after the other where what is asked changes. */
export function useSharpening(quick: string | undefined, sharp: string | undefined) {
  // Asked for in this order, and so they are made.
  const rough = useSteadyPicture(quick);
  const fine = useSteadyPicture(sharp);
  const first = fine.busy && quick && !rough.busy && !rough.failed;
  return { ...fine, shown: first ? rough.shown : (fine.shown ?? rough.shown) };
}

interface StillProps {
  url: string | undefined;
  alt: string;
  onClick?: () => void;
  hint?: string;
  /** milliseconds between two pictures, while they change all the time */
  pause_ms?: number;
}

/** A small picture with the word that it is simulated. */
export function Still({ url, alt, onClick, hint, pause_ms = 0 }: StillProps) {
  const { t } = useTranslation();
  const { shown, busy, failed } = useSteadyPicture(url, pause_ms);
  const inner = (
    <>
      {shown && <img src={shown} alt={alt} draggable={false} />}
      {!shown && url && !failed && <Spin description={t('picture.loading')} />}
      {failed && !busy && <span className="soft">{t('picture.failed')}</span>}
      {!url && (
        <span className="soft still-none">
          {t('picture.none')}
          <small>{t('picture.noneHelp')}</small>
        </span>
      )}
      <span className="simulated" title={t('picture.simulatedHelp')}>
        {t('picture.simulated')}
      </span>
    </>
  );
  if (!onClick || !url) return <div className="still">{inner}</div>;
  return (
    <button type="button" className="still" onClick={onClick} title={hint} aria-label={hint} data-busy={busy}>
      {inner}
    </button>
  );
}
