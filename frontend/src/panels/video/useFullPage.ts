/** A panel that fills the whole screen; what the browser's full screen ends, ends here too. */
import { useEffect, useState } from 'react';

export function useFullPage(): [boolean, (on: boolean) => void] {
  const [full, setFull] = useState(false);
  useEffect(() => {
    if (!full) return;
    const changed = () => {
      if (!document.fullscreenElement) setFull(false);
    };
    document.addEventListener('fullscreenchange', changed);
    return () => {
      document.removeEventListener('fullscreenchange', changed);
      if (document.fullscreenElement) void document.exitFullscreen();
    };
  }, [full]);
  const set = (on: boolean) => {
    // The page as a whole, so that menus and hints are seen; without permission it fills the window.
    if (on) void document.documentElement.requestFullscreen?.().catch(() => undefined);
    setFull(on);
  };
  return [full, set];
}
