/** What lies on the ground as a picture: the map, coverage, zones. */
import { ImageryLayer, type ImageryProvider } from 'cesium';
import type { Stage } from './stage';

/** Pictures that stay sharp at a slant cost a weak machine, each, as much as all buildings. */
export const groundLayer = ({ quality }: Stage, provider: ImageryProvider): ImageryLayer =>
  new ImageryLayer(provider, quality.low ? { maximumAnisotropy: 1 } : {});
