/** The handles with which a camera is adjusted in the scene. */
import type { Handle } from '../model/gizmo';
import { canvas, type Icon } from './icons';

export const HANDLE_COLOURS: Record<Handle, string> = {
  heading: '#ffd166',
  tilt: '#8ce99a',
  left: '#74c0fc',
  right: '#74c0fc',
  mast: '#ff9f6b',
  foot: '#e9eef6',
};

const INK = '#0a0e15';
const SIZE = 30;
const ARROWS: Record<Handle, readonly number[]> = {
  heading: [0, Math.PI],
  tilt: [Math.PI / 2, -Math.PI / 2],
  left: [0, Math.PI],
  right: [0, Math.PI],
  mast: [Math.PI / 2, -Math.PI / 2],
  foot: [0, Math.PI / 2, Math.PI, -Math.PI / 2],
};

function arrow(pen: CanvasRenderingContext2D, angle: number): void {
  pen.save();
  pen.rotate(angle);
  pen.beginPath();
  pen.moveTo(0, 0);
  pen.lineTo(6, 0);
  pen.moveTo(3.4, -2.8);
  pen.lineTo(6.4, 0);
  pen.lineTo(3.4, 2.8);
  pen.stroke();
  pen.restore();
}

/** A disc with arrows the ways it can be dragged; edges of the field of view are square, so that colour is not alone. */
export function handleIcon(handle: Handle, held: boolean): Icon {
  return {
    key: `handle-${handle}-${held ? 'h' : 'n'}`,
    draw() {
      const [element, pen] = canvas(SIZE, SIZE);
      pen.translate(SIZE / 2, SIZE / 2);
      const r = held ? 13 : 11;
      pen.beginPath();
      if (handle === 'left' || handle === 'right') pen.roundRect(-r * 0.85, -r * 0.85, r * 1.7, r * 1.7, 3);
      else pen.arc(0, 0, r, 0, 2 * Math.PI);
      pen.fillStyle = HANDLE_COLOURS[handle];
      pen.fill();
      pen.lineWidth = held ? 2.6 : 1.8;
      pen.strokeStyle = held ? '#ffffff' : INK;
      pen.stroke();
      pen.strokeStyle = INK;
      pen.lineWidth = 1.8;
      pen.lineCap = 'round';
      pen.lineJoin = 'round';
      for (const angle of ARROWS[handle]) arrow(pen, angle);
      return element;
    },
  };
}

/** A numbered marker of a calibration pair. */
export function pairIcon(number: number, chosen: boolean): Icon {
  return {
    key: `pair-${number}-${chosen ? 's' : 'n'}`,
    draw() {
      const [element, pen] = canvas(SIZE, SIZE);
      pen.translate(SIZE / 2, SIZE / 2);
      pen.beginPath();
      pen.arc(0, 0, 10, 0, 2 * Math.PI);
      pen.fillStyle = chosen ? '#ffffff' : '#ff7eb6';
      pen.fill();
      pen.lineWidth = 2;
      pen.strokeStyle = chosen ? '#ff7eb6' : INK;
      pen.stroke();
      pen.fillStyle = INK;
      pen.font = '600 12px "Noto Sans SC", system-ui, sans-serif';
      pen.textAlign = 'center';
      pen.textBaseline = 'middle';
      pen.fillText(String(number), 0, 0.5);
      return element;
    },
  };
}
