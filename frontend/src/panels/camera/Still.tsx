import { Spin } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

/**
 * The newest address that has a picture: the one before stays until the next has come, and
 * addresses that were passed over while one was on its way are never asked for.
 */
export function useSteadyPicture(url: string | undefined): {
  shown: string | undefined;
  busy: boolean;
  failed: boolean;
} {
  const [state, setState] = useState<{ shown?: string; settled?: string; failed: boolean }>({ failed: false });
  const wanted = useRef(url);
  const loading = useRef<HTMLImageElement>(undefined);
  useEffect(() => {
    wanted.current = url;
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
        if (wanted.current !== ask) next();
      };
      image.onload = () => done(false);
      image.onerror = () => done(true);
      image.src = ask;
    };
    if (!loading.current) next();
  }, [url]);
  useEffect(
    () => () => {
      wanted.current = undefined;
      if (loading.current) loading.current.src = '';
    },
    [],
  );
  return { shown: url && state.shown, busy: url !== undefined && state.settled !== url, failed: state.failed };
}

interface StillProps {
  url: string | undefined;
  alt: string;
  onClick?: () => void;
  hint?: string;
}

/** A small picture with the word that it is simulated. */
export function Still({ url, alt, onClick, hint }: StillProps) {
  const { t } = useTranslation();
  const { shown, busy, failed } = useSteadyPicture(url);
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
