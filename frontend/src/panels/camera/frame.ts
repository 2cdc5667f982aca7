/** A picture in a box of the page: which part is shown, and where its pixels lie. Pure. */
export interface Frame {
  /** part of the picture that is shown, in its pixels */
  x: number;
  y: number;
  width: number;
  height: number;
}

export type Size = readonly [width: number, height: number];

/** Nearer than this a pixel of the picture is a blot of the page. */
const MOST = 40;

export const whole = ([width, height]: Size): Frame => ({ x: 0, y: 0, width, height });

/** Pixels of the page for one of the picture, and the margins where the shapes differ. */
export function fitted(frame: Frame, [boxWidth, boxHeight]: Size): { scale: number; left: number; top: number } {
  const scale = Math.min(boxWidth / frame.width, boxHeight / frame.height) || 1;
  return {
    scale,
    left: (boxWidth - frame.width * scale) / 2,
    top: (boxHeight - frame.height * scale) / 2,
  };
}

/** The picture's pixel under a point of the box. */
export function pixelAt(frame: Frame, box: Size, at: Size): [number, number] {
  const { scale, left, top } = fitted(frame, box);
  return [frame.x + (at[0] - left) / scale, frame.y + (at[1] - top) / scale];
}

const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), Math.max(low, high));

function kept(frame: Frame, [width, height]: Size): Frame {
  return {
    ...frame,
    x: clamp(frame.x, 0, width - frame.width),
    y: clamp(frame.y, 0, height - frame.height),
  };
}

/** Nearer or farther about a pixel that stays where it is. */
export function zoomed(frame: Frame, picture: Size, pixel: Size, factor: number): Frame {
  const width = clamp(frame.width * factor, picture[0] / MOST, picture[0]);
  const f = width / frame.width;
  return kept(
    {
      x: pixel[0] - (pixel[0] - frame.x) * f,
      y: pixel[1] - (pixel[1] - frame.y) * f,
      width,
      height: (width * picture[1]) / picture[0],
    },
    picture,
  );
}

export function panned(frame: Frame, picture: Size, by: Size): Frame {
  return kept({ ...frame, x: frame.x - by[0], y: frame.y - by[1] }, picture);
}

export const isInside = ([u, v]: Size, [width, height]: Size) => u >= 0 && v >= 0 && u <= width && v <= height;
