/** What the scene draws for the chosen camera: fetched here, handed to the store, while nothing is being adjusted. */
import { useEffect } from 'react';
import type { CameraDetails, CameraSummary } from '../../api/types';
import { useApp, useAppContext } from '../app';
import { useCone } from '../queries';
import { useCoverage } from './queries';

export function useOverlays(camera: CameraSummary, details: CameraDetails | undefined) {
  const { store, api } = useAppContext();
  const ladder = useApp((state) => state.ladder);
  const click = useApp((state) => state.click);
  const link = useApp((state) => state.link);
  const aim = useApp((state) => state.aims[camera.id]);
  const blind = camera.type === 'fixed' && camera.heading === null;
  const seesPlace = link?.cameras.some((other) => other.camera === camera.id && other.visible) ?? false;
  const toward: [number, number, number] | null =
    camera.type === 'ptz' && click && link && seesPlace ? [link.place.lon, link.place.lat, link.place.height] : null;
  const turnable = camera.heading !== null || toward !== null || (details?.aim ?? null) !== null;
  const coverage = useCoverage(camera.id, ladder, aim === 'reach' ? undefined : aim, !blind);
  const preset = aim?.startsWith('preset:') ? aim : undefined;
  const cone = useCone(camera.id, preset ? null : toward, !blind && (turnable || preset !== undefined), preset);

  useEffect(() => {
    if (coverage.data && !coverage.isPlaceholderData)
      store.getState().setCoverage({ camera: camera.id, ladder, geojson: coverage.data });
  }, [coverage.data, coverage.isPlaceholderData, camera.id, ladder, store]);
  useEffect(() => {
    if (cone.data) store.getState().setCone(cone.data);
  }, [cone.data, store]);
  useEffect(() => {
    const known = details?.calibration;
    store
      .getState()
      .setSpread(known ? { camera: camera.id, heading_deg: known.heading_deg, pitch_deg: known.pitch_deg } : undefined);
  }, [details?.calibration, camera.id, store]);
  useEffect(() => {
    const version = details?.version;
    store.getState().setViewMesh(blind || !version ? undefined : api.viewUrl(camera.id, ladder, { v: version }));
  }, [details?.version, camera.id, ladder, blind, api, store]);
  return { coverage, cone, blind, ladder };
}

export type Overlays = ReturnType<typeof useOverlays>;
