/** Rows of a file that is about to be loaded, as dots where they would stand. */
import { Cartesian3, Color, PointPrimitiveCollection } from 'cesium';
import type { PreviewDot } from '../model/cityState';
import { type Layer, onChange, type Stage } from '../scene/stage';

const COLOURS: Record<PreviewDot['state'], string> = {
  good: '#5fd3a2',
  neutral: '#59c2ff',
  warning: '#ffb454',
  error: '#ff5d5d',
};
/** As many as the server tells heights of at once. */
const MOST = 10_000;

export function previewLayer(stage: Stage): Layer {
  const { scene } = stage;
  const dots = scene.primitives.add(new PointPrimitiveCollection()) as PointPrimitiveCollection;
  let asking: AbortController | undefined;
  const show = async (preview: readonly PreviewDot[]) => {
    asking = new AbortController();
    const { signal } = asking;
    const some = preview.slice(0, MOST);
    const { top } = await stage.api.heights(
      some.map(({ lon, lat }) => [lon, lat]),
      signal,
    );
    if (signal.aborted) return;
    some.forEach(({ lon, lat, state }, i) => {
      dots.add({
        position: Cartesian3.fromDegrees(lon, lat, top[i] ?? 0),
        color: Color.fromCssColorString(COLOURS[state]),
        outlineColor: Color.BLACK.withAlpha(0.7),
        outlineWidth: 1,
        pixelSize: 9,
        disableDepthTestDistance: Number.POSITIVE_INFINITY,
      });
    });
    stage.redraw();
  };
  const redo = onChange(
    (s) => [s.preview] as const,
    (_, [preview]) => {
      asking?.abort();
      dots.removeAll();
      // The wizard's table tells a fault; dots are only its picture.
      if (preview.length > 0) show(preview).catch(() => undefined);
      stage.redraw();
    },
  );
  return {
    apply: redo,
    dispose() {
      asking?.abort();
      scene.primitives.remove(dots);
    },
  };
}
