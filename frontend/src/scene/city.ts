import {
  Cartesian2,
  Cartesian3,
  Cesium3DTileset,
  CesiumTerrainProvider,
  Credit,
  CustomShader,
  ImageBasedLighting,
  type ImageryLayer,
  LightingModel,
  Rectangle,
  type TileProviderError,
  UrlTemplateImageryProvider,
} from 'cesium';
import type { City } from '../api/types';
import { localAxes } from '../model/geodesy';
import type { AppState } from '../model/store';
import { bearingVector } from './frustum';
import { groundLayer } from './ground';
import { type Layer, onChange, type Stage } from './stage';
import { aimLight, setSunlight } from './viewer';

const TERRAIN = '/tiles/terrain';
const BUILDINGS = '/tiles/buildings/tileset.json';
const SUN = { bearing: 55, fall: 0.85 };

/** The server has no terrain, or an answer in its place that is none. */
export class NoTerrain extends Error {
  constructor(url: string) {
    super(`no terrain at ${url}`);
    this.name = 'NoTerrain';
  }
}

/** Ground that the whole scene stands on. */
export async function loadTerrain({ scene }: Stage): Promise<void> {
  const provider = await CesiumTerrainProvider.fromUrl(TERRAIN, {
    requestVertexNormals: true,
    requestWaterMask: false,
  });
  // CesiumJS takes a missing layer.json for a server of a format of 2013 and goes on without a word.
  if (!provider.availability) throw new NoTerrain(TERRAIN);
  scene.terrainProvider = provider;
}

/** Light from everywhere, so that walls in shade are dark but not black. */
function skylight(): ImageBasedLighting {
  const flat = new Cartesian3(0.55, 0.6, 0.7);
  const none = Cartesian3.ZERO;
  const light = new ImageBasedLighting();
  light.imageBasedLightingFactor = new Cartesian2(1, 0);
  light.sphericalHarmonicCoefficients = [flat, none, none, none, none, none, none, none, none];
  return light;
}

/** Sun and skylight by one product for a pixel: what a weak machine affords of the full lighting. */
function plainLight(): CustomShader {
  return new CustomShader({
    lightingModel: LightingModel.UNLIT,
    fragmentShaderText: `
      void fragmentMain(FragmentInput fsInput, inout czm_modelMaterial material) {
        float sun = max(dot(fsInput.attributes.normalEC, czm_lightDirectionEC), 0.0);
        material.diffuse *= vec3(0.42, 0.45, 0.52) + sun * vec3(0.62, 0.59, 0.52);
      }`,
  });
}

export async function loadBuildings(stage: Stage): Promise<Cesium3DTileset> {
  const { scene, quality } = stage;
  const tileset = await Cesium3DTileset.fromUrl(BUILDINGS, {
    maximumScreenSpaceError: quality.buildingError,
    environmentMapOptions: { enabled: false },
    imageBasedLighting: skylight(),
    cullRequestsWhileMoving: !quality.low,
    cacheBytes: 384 * 2 ** 20,
  });
  if (quality.low) tileset.customShader = plainLight();
  scene.primitives.add(tileset);
  stage.buildings = tileset;
  return tileset;
}

/** Sun over the shoulder of someone who looks north-east: light falls from the south-west. */
export function lightCity({ scene }: Stage, city: City): void {
  const [lon, lat] = city.center;
  const level = bearingVector(lon, lat, SUN.bearing);
  const { up } = localAxes(lon, lat);
  const toward = new Cartesian3(level[0] - SUN.fall * up[0], level[1] - SUN.fall * up[1], level[2] - SUN.fall * up[2]);
  aimLight(scene, Cartesian3.normalize(toward, toward));
}

/** Credits of the city's sources, on the screen for as long as the city is. */
export function creditCity({ widget }: Stage, city: City): void {
  for (const text of city.credits) widget.creditDisplay.addStaticCredit(new Credit(text, true));
}

/** A tile or two may be missing at the rim; more means that there is no map. */
const MISSING_TILES = 8;

function basemap(stage: Stage, city: City, state: AppState): ImageryLayer {
  const { min_zoom, max_zoom } = city.basemap;
  const [west, south, east, north] = city.extent;
  const provider = new UrlTemplateImageryProvider({
    url: '/tiles/basemap/{z}/{x}/{y}.png?style={style}&lang={lang}&v={version}',
    customTags: {
      style: () => state.basemapStyle,
      lang: () => state.lang,
      version: () => city.tile_version,
    },
    rectangle: Rectangle.fromDegrees(west, south, east, north),
    minimumLevel: min_zoom,
    maximumLevel: max_zoom,
    enablePickFeatures: false,
  });
  let missing = 0;
  provider.errorEvent.addEventListener(({ message }: TileProviderError) => {
    missing += 1;
    if (missing === MISSING_TILES) stage.store.getState().setFault('basemap', message);
  });
  return groundLayer(stage, provider);
}

/** The drawn map on the ground: its style, its language, whether it shows. */
export function basemapLayer(stage: Stage): Layer {
  const { imageryLayers } = stage.scene;
  let shown: ImageryLayer | undefined;
  const remake = onChange(
    (s) => [s.city, s.basemapStyle, s.lang] as const,
    (state, [city]) => {
      const before = shown;
      setSunlight(stage.scene, state.basemapStyle);
      if (!city) return;
      stage.store.getState().setFault('basemap', null);
      shown = basemap(stage, city, state);
      imageryLayers.add(shown, 0);
      if (before) imageryLayers.remove(before);
    },
  );
  return {
    apply(state) {
      remake(state);
      if (shown) shown.show = state.layers.basemap;
    },
    dispose() {
      if (shown) imageryLayers.remove(shown);
    },
  };
}
