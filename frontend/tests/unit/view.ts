/** A view mesh as the server packs it: so many parts of one triangle each. */
export function viewBytes(parts = 1): ArrayBuffer {
  // right, up, towards the eye: east 1, 2, 1; up −3; north 20, 21, 22
  const positions = new Float32Array([1, -3, -20, 2, -3, -21, 1, -3, -22]);
  const texture = new Float32Array([0, 0, 0, 0.5, 1, 0.5]);
  const body = new Uint8Array(72);
  body.set(new Uint8Array(positions.buffer), 0);
  body.set(new Uint8Array(texture.buffer), 40);
  body.set(new Uint8Array(new Uint16Array([0, 1, 2]).buffer), 64);
  const primitive = { attributes: { POSITION: 0, TEXCOORD_0: 1 }, indices: 2 };
  const document = {
    asset: { version: '2.0', extras: { origin: [106.8, 39.6, 1085] } },
    ...(parts > 0 && {
      meshes: [{ primitives: Array(parts).fill(primitive) }],
      bufferViews: [
        { buffer: 0, byteOffset: 0, byteLength: 36, byteStride: 12 },
        { buffer: 0, byteOffset: 40, byteLength: 24, byteStride: 8 },
        { buffer: 0, byteOffset: 64, byteLength: 6 },
      ],
      accessors: [
        { bufferView: 0, componentType: 5126, count: 3, type: 'VEC3' },
        { bufferView: 1, componentType: 5126, count: 3, type: 'VEC2' },
        { bufferView: 2, componentType: 5123, count: 3, type: 'SCALAR' },
      ],
    }),
  };
  const words = new TextEncoder().encode(JSON.stringify(document));
  const length = words.length + (-words.length & 3);
  const bytes = new Uint8Array(12 + 8 + length + (parts > 0 ? 8 + body.length : 0)).fill(32);
  const head = new DataView(bytes.buffer);
  for (const [at, value] of [0x46546c67, 2, bytes.length, length, 0x4e4f534a].entries())
    head.setUint32(4 * at, value, true);
  bytes.set(words, 20);
  if (parts > 0) {
    head.setUint32(20 + length, body.length, true);
    head.setUint32(24 + length, 0x004e4942, true);
    bytes.set(body, 28 + length);
  }
  return bytes.buffer;
}
