/** The picture that a stream ended with when it was watched last, shown until there is motion. */
import { useEffect, useState } from 'react';
import { useAppContext } from '../app';

export interface LastPicture {
  address: string;
  at: Date | null;
}

/** Asked for once, as long as it is `wanted`; undefined where there is none. */
export function useLast(camera: string, session: string | null, wanted: boolean): LastPicture | undefined {
  const { api } = useAppContext();
  const [last, setLast] = useState<LastPicture>();
  const asks = wanted && session !== null;
  useEffect(() => {
    if (!asks) return;
    const ended = new AbortController();
    let address = '';
    api
      .last(camera, session, ended.signal)
      .then((found) => {
        if (!found || ended.signal.aborted) return;
        address = URL.createObjectURL(found.data);
        setLast({ address, at: found.at });
      })
      // The rendered picture stands; motion is on its way.
      .catch(() => undefined);
    return () => {
      ended.abort();
      setLast(undefined);
      if (address) URL.revokeObjectURL(address);
    };
  }, [asks, camera, session, api]);
  return last;
}
