/** The coverage of all cameras on the ground: tiles that the server paints, one layer at a time. */
import { type ImageryLayer, Rectangle, type TileProviderError, UrlTemplateImageryProvider } from 'cesium';
import type { City } from '../api/types';
import type { CityCoverage } from '../model/cityState';
import { groundLayer } from '../scene/ground';
import { type Layer, onChange, type Stage } from '../scene/stage';

const ZOOM = { from: 9, to: 17 };
/** Missing tiles after which it is said that the layer is not there. */
const MISSING_TILES = 8;

/** The address of the tiles, with `{z}`, `{x}`, `{y}` left in; `version` makes the browser fetch what changed. */
export function coverageUrl(choice: CityCoverage, version: string): string {
  const { layer, tier, minClass, ladder } = choice;
  const query = new URLSearchParams({ layer: layer ?? 'count', ladder, min_class: minClass });
  if (tier !== null) query.set('tier', String(tier));
  if (version) query.set('v', version);
  return `/tiles/coverage/{z}/{x}/{y}.png?${query}`;
}

function imagery(stage: Stage, city: City, choice: CityCoverage, version: string): ImageryLayer {
  const [west, south, east, north] = city.extent;
  const provider = new UrlTemplateImageryProvider({
    url: coverageUrl(choice, version),
    rectangle: Rectangle.fromDegrees(west, south, east, north),
    minimumLevel: ZOOM.from,
    maximumLevel: ZOOM.to,
    enablePickFeatures: false,
  });
  let missing = 0;
  provider.errorEvent.addEventListener(({ message }: TileProviderError) => {
    missing += 1;
    if (missing === MISSING_TILES) stage.store.getState().setFault('coverage', message);
  });
  return groundLayer(stage, provider);
}

export function cityCoverageLayer(stage: Stage): Layer {
  const { imageryLayers } = stage.scene;
  let shown: ImageryLayer | undefined;
  const clear = () => {
    if (shown) imageryLayers.remove(shown);
    shown = undefined;
  };
  const remake = onChange(
    ({ city, cityCoverage: c, coverageVersion }) =>
      [city, c.layer, c.tier, c.ladder, c.minClass, coverageVersion] as const,
    ({ city, cityCoverage, coverageVersion }) => {
      clear();
      // Without a version nothing was worked out yet, and there is no tile to ask for.
      if (!city || cityCoverage.layer === null || coverageVersion === '') return;
      stage.store.getState().setFault('coverage', null);
      shown = imagery(stage, city, cityCoverage, coverageVersion);
      // On the base map, under everything that somebody chose on it.
      imageryLayers.add(shown, Math.min(1, imageryLayers.length));
    },
  );
  return {
    apply(state) {
      remake(state);
      if (shown) shown.alpha = state.cityCoverage.opacity;
    },
    dispose: clear,
  };
}
