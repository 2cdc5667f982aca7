/**
 * A canvas to draw on, and its pen. It is kept in memory, not on the graphics card: what is drawn here goes to WebGL
 * as a texture once, and on a machine without a card the way there and back costs more than the whole picture.
 */
export function paper(width: number, height: number): [HTMLCanvasElement, CanvasRenderingContext2D] {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  if (!pen) throw new Error('this browser gives no 2D canvas');
  return [canvas, pen];
}
