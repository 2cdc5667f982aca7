/** A view mesh as the server packs it (binary glTF 2.0): what a camera sees of the city, with its pixels. Pure. */

export interface ViewModel {
  /** where the positions are counted from: degrees, ellipsoidal metres */
  origin: readonly [lon: number, lat: number, height: number];
  /** metres east, north, up of the origin; three for each corner */
  positions: Float32Array;
  /** place in the picture, from its top left corner (0, 0) to its bottom right one (1, 1); two for each corner */
  texture: Float32Array;
  /** corner numbers, three for each triangle, counter-clockwise as the camera sees them */
  triangles: Uint32Array;
}

interface Accessor {
  bufferView: number;
  byteOffset?: number;
  componentType: number;
  count: number;
}

interface Document {
  asset?: { extras?: { origin?: [number, number, number] } };
  accessors?: Accessor[];
  bufferViews?: { byteOffset?: number; byteStride?: number }[];
  meshes?: { primitives: { attributes: Record<string, number>; indices: number }[] }[];
}

const MAGIC = 0x46546c67;
const HEADER = 12;
const CHUNK = 8;
const READERS: Record<number, { bytes: number; read: (view: DataView, at: number) => number }> = {
  5121: { bytes: 1, read: (view, at) => view.getUint8(at) },
  5123: { bytes: 2, read: (view, at) => view.getUint16(at, true) },
  5125: { bytes: 4, read: (view, at) => view.getUint32(at, true) },
  5126: { bytes: 4, read: (view, at) => view.getFloat32(at, true) },
};

/** Numbers of an accessor, `width` for each of its elements. */
function numbers(document: Document, body: DataView, number: number | undefined, width: number): number[] {
  const accessor = document.accessors?.[number ?? -1];
  const view = accessor && document.bufferViews?.[accessor.bufferView];
  const reader = accessor && READERS[accessor.componentType];
  if (!accessor || !view || !reader) throw new Error('the view names numbers that it does not have');
  const start = (view.byteOffset ?? 0) + (accessor.byteOffset ?? 0);
  const stride = view.byteStride ?? width * reader.bytes;
  return Array.from({ length: accessor.count * width }, (_, i) =>
    reader.read(body, start + Math.floor(i / width) * stride + (i % width) * reader.bytes),
  );
}

function opened(data: ArrayBuffer): { document: Document; body: DataView } {
  const head = new DataView(data);
  if (data.byteLength < HEADER + CHUNK || head.getUint32(0, true) !== MAGIC) throw new Error('this is no binary glTF');
  const words = head.getUint32(HEADER, true);
  const text = new TextDecoder().decode(new Uint8Array(data, HEADER + CHUNK, words));
  const rest = Math.min(data.byteLength, HEADER + CHUNK + words + CHUNK);
  return { document: JSON.parse(text) as Document, body: new DataView(data, rest) };
}

/**
 * Reads a view mesh; one that shows nothing has no triangles.
 * Throws where the bytes are no view mesh.
 */
export function readView(data: ArrayBuffer): ViewModel {
  const { document, body } = opened(data);
  const origin = document.asset?.extras?.origin;
  if (!origin) throw new Error('the view does not say where it stands');
  const positions: number[] = [];
  const texture: number[] = [];
  const triangles: number[] = [];
  for (const { attributes, indices } of document.meshes?.flatMap((mesh) => mesh.primitives) ?? []) {
    const first = positions.length / 3;
    const places = numbers(document, body, attributes.POSITION, 3);
    // glTF: right, up, towards the eye.
    for (let i = 0; i < places.length; i += 3)
      positions.push(places[i] ?? 0, -(places[i + 2] ?? 0), places[i + 1] ?? 0);
    for (const value of numbers(document, body, attributes.TEXCOORD_0, 2)) texture.push(value);
    for (const corner of numbers(document, body, indices, 1)) triangles.push(first + corner);
  }
  return {
    origin,
    positions: new Float32Array(positions),
    texture: new Float32Array(texture),
    triangles: new Uint32Array(triangles),
  };
}
