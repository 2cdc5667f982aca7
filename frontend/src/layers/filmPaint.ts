/** A moving picture as a material: its pixels as they are, unlit, with the mark of who watches over them. */
import { Material, MaterialAppearance } from 'cesium';
import { paper } from './paper';

/** Of the mark's sheet; it is stretched over the picture. */
const SHEET = { width: 1280, height: 720 };
export const MARK_FONT = '500 26px "Noto Sans SC", system-ui, sans-serif';
const CORNER_FONT = '500 22px "Noto Sans SC", system-ui, sans-serif';
const FAINT = 0.2;
const TILT = (-18 * Math.PI) / 180;
/** A picture that stands still because no new ones come is drawn as dark as this. */
const STALLED = 0.4;
/** Share of the way to the eye by which it is drawn nearer: the ground that is drawn is coarser than the true one. */
const NEARER = 0.008;
const NEARER_SHADER = `
in vec3 position3DHigh;
in vec3 position3DLow;
in vec3 normal;
in vec2 st;
in float batchId;
out vec3 v_positionEC;
out vec3 v_normalEC;
out vec2 v_st;

void main() {
  vec3 at = (czm_modelViewRelativeToEye * czm_computePosition()).xyz;
  v_positionEC = at * ${1 - NEARER};
  v_normalEC = czm_normal * normal;
  v_st = st;
  gl_Position = czm_projection * vec4(v_positionEC, 1.0);
}`;

/** Who watches, since when, as over the picture itself: readable in a corner, faint all over. */
export function markSheet(text: string): HTMLCanvasElement {
  const { width, height } = SHEET;
  const [canvas, pen] = paper(width, height);
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  pen.font = MARK_FONT;
  for (const [x, y] of [1, 3].flatMap((row) => [1, 3].map((col) => [(col * width) / 4, (row * height) / 4] as const)))
    faint(pen, text, x, y);
  pen.font = CORNER_FONT;
  pen.textAlign = 'left';
  const wide = pen.measureText(text).width + 28;
  pen.fillStyle = 'rgba(10, 19, 31, 0.6)';
  pen.fillRect(12, height - 48, wide, 36);
  pen.fillStyle = '#fff';
  pen.fillText(text, 26, height - 29);
  return canvas;
}

function faint(pen: CanvasRenderingContext2D, text: string, x: number, y: number): void {
  pen.save();
  pen.translate(x, y);
  pen.rotate(TILT);
  pen.globalAlpha = FAINT;
  pen.lineWidth = 3;
  pen.lineJoin = 'round';
  pen.strokeStyle = '#000';
  pen.strokeText(text, 0, 0);
  pen.fillStyle = '#fff';
  pen.fillText(text, 0, 0);
  pen.restore();
}

interface Look {
  opacity: number;
  stalled: boolean;
}

/** Holds the picture's and the mark's textures; `destroy` gives them back. */
export class FilmPaint {
  readonly appearance: MaterialAppearance;
  private readonly material: Material;
  /** a picture of another size needs another texture */
  readonly size: readonly [number, number];
  readonly solid: boolean;

  constructor(screen: HTMLVideoElement, mark: HTMLCanvasElement, look: Look) {
    this.size = [screen.videoWidth, screen.videoHeight];
    this.solid = look.opacity >= 1;
    this.material = new Material({
      translucent: !this.solid,
      fabric: {
        uniforms: { film: Material.DefaultImageId, mark, opacity: 1, shade: 1 },
        components: {
          diffuse:
            'mix(texture(film, materialInput.st).rgb, texture(mark, materialInput.st).rgb, ' +
            'texture(mark, materialInput.st).a) * shade',
          alpha: 'opacity',
        },
      },
    });
    // A template takes no video; once it is made, CesiumJS uploads each picture of one.
    this.material.uniforms.film = screen;
    this.look(look);
    this.appearance = new MaterialAppearance({
      material: this.material,
      materialSupport: MaterialAppearance.MaterialSupport.TEXTURED,
      flat: true,
      faceForward: false,
      translucent: !this.solid,
      closed: false,
      vertexShaderSource: NEARER_SHADER,
      // From behind there is nothing to be seen.
      renderState: { cull: { enabled: true } },
    });
  }

  look({ opacity, stalled }: Look): void {
    this.material.uniforms.opacity = opacity;
    this.material.uniforms.shade = stalled ? STALLED : 1;
  }

  destroy(): void {
    this.material.destroy();
  }
}
