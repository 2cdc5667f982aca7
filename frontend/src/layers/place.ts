/** A pin at the clicked place. */
import { Cartesian3 } from 'cesium';
import { type Layer, onChange, type Stage } from '../scene/stage';
import { pinIcon } from './icons';
import { type Sign, Signs } from './signs';

function pin(lon: number, lat: number, height: number): Sign {
  return {
    key: `pin ${lon} ${lat} ${height}`,
    icon: pinIcon(),
    position: Cartesian3.fromDegrees(lon, lat, height),
    foot: true,
  };
}

/** A place without a height stands where the server says; it answers with the link, or is asked. */
export function placeLayer(stage: Stage): Layer {
  const signs = new Signs(stage);
  let asking: AbortController | undefined;
  const ask = async (lon: number, lat: number) => {
    asking = new AbortController();
    const { signal } = asking;
    const { top } = await stage.api.height(lon, lat, signal);
    if (!signal.aborted) signs.show([pin(lon, lat, top)]);
  };
  const redo = onChange(
    (s) => [s.click] as const,
    (_, [click]) => {
      asking?.abort();
      signs.show(click && click.height !== undefined ? [pin(click.lon, click.lat, click.height)] : []);
      // Without an answer there is no height to stand at; the link panel tells the fault.
      if (click && click.height === undefined) ask(click.lon, click.lat).catch(() => undefined);
    },
  );
  return {
    apply: redo,
    dispose() {
      asking?.abort();
      signs.dispose();
    },
  };
}
