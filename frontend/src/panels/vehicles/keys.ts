/** The key of the vehicle list: letters are all in use on the map. */
import { useEffect } from 'react';
import type { AppStore } from '../../model/store';
import { useAppContext } from '../app';

export const VEHICLES_KEY = 'F2';

export function toggleVehicles(store: AppStore): void {
  const { desk, setDesk } = store.getState();
  setDesk(desk?.kind === 'vehicles' ? null : { kind: 'vehicles' });
}

export function useVehicleKeys(): void {
  const { store } = useAppContext();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== VEHICLES_KEY || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      const { workspace, door } = store.getState();
      if (workspace !== 'operate' || door !== 'in') return;
      event.preventDefault();
      toggleVehicles(store);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [store]);
}
