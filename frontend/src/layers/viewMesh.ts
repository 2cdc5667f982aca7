/** What the selected camera sees of ground, roofs and walls, each triangle in the colour of its class. */
import { Axis, Cartesian3, Matrix4, Model, Transforms } from 'cesium';
import { isDraped } from '../model/drapes';
import type { AppState } from '../model/store';
import { type Layer, onChange, type Stage } from '../scene/stage';

interface Gltf {
  asset?: { extras?: { origin?: [number, number, number] } };
}

/** The model's own numbers are metres east, north and up of the lens; it says where that is. */
function standingAt(gltf: Gltf): Matrix4 {
  const origin = gltf.asset?.extras?.origin;
  if (!origin) throw new Error('the view does not say where it stands');
  return Transforms.eastNorthUpToFixedFrame(Cartesian3.fromDegrees(...origin));
}

/** The chosen camera's own picture lies there instead. */
const isPainted = (state: AppState) => state.selection?.kind === 'camera' && isDraped(state, state.selection.id);

export function viewMeshLayer(stage: Stage): Layer {
  const { scene, store } = stage;
  let model: Model | undefined;
  let wanted: string | undefined;
  const clear = () => {
    if (model) scene.primitives.remove(model);
    model = undefined;
  };
  const load = async (url: string) => {
    let matrix = Matrix4.IDENTITY;
    const next = (await Model.fromGltfAsync({
      url,
      // East stays east: by default a model is turned so that its z axis looks there.
      forwardAxis: Axis.X,
      allowPicking: false,
      backFaceCulling: false,
      gltfCallback: (gltf: Gltf) => {
        matrix = standingAt(gltf);
      },
    })) as Model;
    next.modelMatrix = matrix;
    if (wanted !== url || stage.widget.isDestroyed()) {
      next.destroy();
      return;
    }
    clear();
    model = scene.primitives.add(next) as Model;
    next.readyEvent.addEventListener(stage.redraw);
    stage.redraw();
  };
  const redo = onChange(
    (s) => [s.viewMesh, s.layers.viewMesh && !isPainted(s)] as const,
    (_, [url, on]) => {
      wanted = on ? url : undefined;
      if (!wanted) {
        clear();
        stage.redraw();
        return;
      }
      load(wanted).catch((error: unknown) => {
        if (wanted !== url) return;
        clear();
        store.getState().setToolFault(error instanceof Error ? error.message : String(error));
      });
    },
  );
  return {
    apply: redo,
    dispose() {
      wanted = undefined;
      clear();
    },
  };
}
