/** Signs of what moves: an arrow that lies in its heading, a dot where none is known; grey once it is silent. */
import type { MoverState } from '../model/movers';
import { canvas, type Icon } from './icons';

const INK = '#0a0e15';
export const UNIT_COLOURS: Record<MoverState | 'post', string> = {
  moving: '#3d9bff',
  standing: '#3d9bff',
  silent: '#8b98a9',
  post: '#9cc4f2',
};
const SIZE = 40;

function arrow(pen: CanvasRenderingContext2D): void {
  pen.beginPath();
  pen.moveTo(0, -14);
  pen.lineTo(9.5, 10);
  pen.lineTo(0, 5.5);
  pen.lineTo(-9.5, 10);
  pen.closePath();
}

function halo(pen: CanvasRenderingContext2D): void {
  pen.beginPath();
  pen.arc(0, 0, 18, 0, 2 * Math.PI);
  pen.strokeStyle = '#ffffff';
  pen.lineWidth = 2;
  pen.stroke();
}

/** `headed`: the picture's upper edge will be turned to where it goes. */
export function unitIcon(state: MoverState, headed: boolean, chosen: boolean): Icon {
  return {
    key: `unit-${state === 'silent' ? 'silent' : 'heard'}-${headed}-${chosen}`,
    draw() {
      const [element, pen] = canvas(SIZE, SIZE);
      pen.translate(SIZE / 2, SIZE / 2);
      if (chosen) halo(pen);
      if (headed) arrow(pen);
      else {
        pen.beginPath();
        pen.arc(0, 0, 8, 0, 2 * Math.PI);
      }
      pen.lineJoin = 'round';
      pen.lineWidth = 5;
      pen.strokeStyle = INK;
      pen.stroke();
      pen.lineWidth = 2.2;
      pen.strokeStyle = state === 'silent' ? '#c4ccd6' : '#ffffff';
      pen.stroke();
      pen.fillStyle = UNIT_COLOURS[state];
      pen.fill();
      return element;
    },
  };
}

/** Where a unit is housed: a house with a flat roof line, so that nobody takes it for something that moves. */
export function postIcon(chosen: boolean): Icon {
  return {
    key: `unit-post-${chosen}`,
    draw() {
      const [element, pen] = canvas(SIZE, SIZE);
      pen.translate(SIZE / 2, SIZE / 2);
      if (chosen) halo(pen);
      pen.beginPath();
      pen.moveTo(0, -10);
      pen.lineTo(10, -2);
      pen.lineTo(10, 9);
      pen.lineTo(-10, 9);
      pen.lineTo(-10, -2);
      pen.closePath();
      pen.lineJoin = 'round';
      pen.fillStyle = '#142235';
      pen.fill();
      pen.lineWidth = 2;
      pen.strokeStyle = UNIT_COLOURS.post;
      pen.stroke();
      pen.fillStyle = UNIT_COLOURS.post;
      pen.fillRect(-2.5, 2, 5, 7);
      return element;
    },
  };
}
