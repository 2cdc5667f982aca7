/** Signs of the city's own vehicles: shape and colour say what one is for, a badge whether it is free. */
import type { Duty, VehicleType } from '../api/vehicles';
import { TYPE_COLOURS } from '../model/vehicles';
import { canvas, type Icon } from './icons';

const INK = '#0a0e15';
const SIZE = 44;
const ARROW_SIZE = 56;
type Pen = CanvasRenderingContext2D;

const polygon = (pen: Pen, points: readonly (readonly [number, number])[]) => {
  pen.beginPath();
  points.forEach(([x, y], i) => {
    if (i === 0) pen.moveTo(x, y);
    else pen.lineTo(x, y);
  });
  pen.closePath();
};

/** The outline of each type around the origin, about 22 pixels across. */
const BODIES: Record<VehicleType, (pen: Pen) => void> = {
  // A shield.
  patrol(pen) {
    pen.beginPath();
    pen.moveTo(0, -12);
    pen.lineTo(10, -8.5);
    pen.lineTo(10, 0);
    pen.quadraticCurveTo(9, 8, 0, 12.5);
    pen.quadraticCurveTo(-9, 8, -10, 0);
    pen.lineTo(-10, -8.5);
    pen.closePath();
  },
  // A triangle on its point, as on fire brigade maps.
  fire: (pen) =>
    polygon(pen, [
      [-12.5, -9.5],
      [12.5, -9.5],
      [0, 12.5],
    ]),
  // An upright cross.
  ambulance: (pen) =>
    polygon(pen, [
      [-4.6, -12],
      [4.6, -12],
      [4.6, -4.6],
      [12, -4.6],
      [12, 4.6],
      [4.6, 4.6],
      [4.6, 12],
      [-4.6, 12],
      [-4.6, 4.6],
      [-12, 4.6],
      [-12, -4.6],
      [-4.6, -4.6],
    ]),
  // A nut.
  repair: (pen) =>
    polygon(pen, [
      [-6, -11],
      [6, -11],
      [12, 0],
      [6, 11],
      [-6, 11],
      [-12, 0],
    ]),
  // A van from above.
  other(pen) {
    pen.beginPath();
    pen.roundRect(-8, -11, 16, 22, 4);
  },
};

/** What stands in the shape. */
const FACES: Record<VehicleType, (pen: Pen) => void> = {
  patrol(pen) {
    polygon(
      pen,
      Array.from({ length: 10 }, (_, i) => {
        const [r, turn] = [i % 2 === 0 ? 6 : 2.5, (i * Math.PI) / 5];
        return [r * Math.sin(turn), -0.5 - r * Math.cos(turn)] as const;
      }),
    );
    pen.fill();
  },
  fire(pen) {
    pen.beginPath();
    pen.moveTo(0.5, -8);
    pen.quadraticCurveTo(5.5, -2.5, 3, 2);
    pen.quadraticCurveTo(0, 5.5, -3, 2);
    pen.quadraticCurveTo(-4.5, -1.5, -1.5, -3.5);
    pen.quadraticCurveTo(0.5, -5, 0.5, -8);
    pen.fill();
  },
  ambulance(pen) {
    pen.beginPath();
    pen.rect(-1.3, -6, 2.6, 12);
    pen.rect(-6, -1.3, 12, 2.6);
    pen.fill();
  },
  repair(pen) {
    pen.beginPath();
    pen.arc(0, 0, 4.2, 0, 2 * Math.PI);
    pen.fill();
  },
  other(pen) {
    pen.beginPath();
    pen.roundRect(-5, -7.5, 10, 4.5, 1.2);
    pen.fill();
  },
};

/** At the lower right: a tick (free), a bar (busy); who is off duty has none and is hollow. */
function badge(pen: Pen, duty: Duty): void {
  if (duty === 'off-duty') return;
  pen.save();
  pen.translate(9.5, 9.5);
  pen.beginPath();
  pen.arc(0, 0, 6, 0, 2 * Math.PI);
  pen.fillStyle = duty === 'free' ? '#2fbf71' : '#e8593b';
  pen.fill();
  pen.strokeStyle = INK;
  pen.lineWidth = 1.5;
  pen.stroke();
  pen.strokeStyle = '#ffffff';
  pen.lineWidth = 2;
  pen.lineCap = 'round';
  pen.lineJoin = 'round';
  pen.beginPath();
  if (duty === 'free') {
    pen.moveTo(-2.8, 0.2);
    pen.lineTo(-0.8, 2.3);
    pen.lineTo(2.9, -2);
  } else {
    pen.moveTo(-2.8, 0);
    pen.lineTo(2.8, 0);
  }
  pen.stroke();
  pen.restore();
}

/** Draws a vehicle's sign around the origin. */
export function paintVehicle(pen: Pen, type: VehicleType, duty: Duty, silent: boolean): void {
  const colour = TYPE_COLOURS[type];
  const hollow = duty === 'off-duty';
  pen.save();
  pen.globalAlpha = silent ? 0.5 : 1;
  BODIES[type](pen);
  pen.lineJoin = 'round';
  pen.lineWidth = 5;
  pen.strokeStyle = INK;
  pen.stroke();
  pen.fillStyle = hollow ? '#142235' : silent ? '#8b98a9' : colour;
  pen.fill();
  pen.setLineDash(silent ? [3, 2.4] : []);
  pen.lineWidth = 1.8;
  pen.strokeStyle = hollow ? colour : '#ffffff';
  pen.stroke();
  pen.setLineDash([]);
  pen.fillStyle = hollow ? colour : INK;
  FACES[type](pen);
  badge(pen, duty);
  pen.restore();
}

export function vehicleIcon(type: VehicleType, duty: Duty, silent: boolean, chosen: boolean): Icon {
  return {
    key: `vehicle-${type}-${duty}-${silent}-${chosen}`,
    draw() {
      const [element, pen] = canvas(SIZE, SIZE);
      pen.translate(SIZE / 2, SIZE / 2);
      if (chosen) {
        pen.beginPath();
        pen.arc(0, 0, 19.5, 0, 2 * Math.PI);
        pen.fillStyle = 'rgba(255, 255, 255, 0.22)';
        pen.fill();
        pen.strokeStyle = '#ffffff';
        pen.lineWidth = 2.2;
        pen.stroke();
      }
      paintVehicle(pen, type, duty, silent);
      return element;
    },
  };
}

/** Where it goes: a tip outside the sign; the picture's upper edge is turned to the heading. */
export function headingIcon(type: VehicleType): Icon {
  return {
    key: `vehicle-heading-${type}`,
    draw() {
      const [element, pen] = canvas(ARROW_SIZE, ARROW_SIZE);
      pen.translate(ARROW_SIZE / 2, ARROW_SIZE / 2);
      polygon(pen, [
        [0, -27],
        [7, -17],
        [0, -19.5],
        [-7, -17],
      ]);
      pen.lineJoin = 'round';
      pen.lineWidth = 3.4;
      pen.strokeStyle = INK;
      pen.stroke();
      pen.fillStyle = TYPE_COLOURS[type];
      pen.fill();
      pen.lineWidth = 1.2;
      pen.strokeStyle = '#ffffff';
      pen.stroke();
      return element;
    },
  };
}

/** Where it stood for a while. */
export function stopIcon(chosen: boolean): Icon {
  return {
    key: `track-stop-${chosen}`,
    draw() {
      const [element, pen] = canvas(26, 26);
      pen.translate(13, 13);
      pen.beginPath();
      pen.roundRect(-9, -9, 18, 18, 4);
      pen.fillStyle = '#0f2238';
      pen.fill();
      pen.lineWidth = chosen ? 3 : 2;
      pen.strokeStyle = chosen ? '#ffffff' : '#ffd166';
      pen.stroke();
      pen.fillStyle = '#ffd166';
      pen.fillRect(-3.6, -4, 2.6, 8);
      pen.fillRect(1, -4, 2.6, 8);
      return element;
    },
  };
}

/** Which way a track goes; the picture's upper edge is turned there. */
export function wayIcon(): Icon {
  return {
    key: 'track-way',
    draw() {
      const [element, pen] = canvas(18, 18);
      pen.translate(9, 9);
      polygon(pen, [
        [0, -6.5],
        [5, 4.5],
        [0, 2],
        [-5, 4.5],
      ]);
      pen.lineJoin = 'round';
      pen.lineWidth = 2.6;
      pen.strokeStyle = INK;
      pen.stroke();
      pen.fillStyle = '#ffffff';
      pen.fill();
      return element;
    },
  };
}

/** Where it was at the time that is looked at. */
export function momentIcon(headed: boolean): Icon {
  return {
    key: `track-moment-${headed}`,
    draw() {
      const [element, pen] = canvas(36, 36);
      pen.translate(18, 18);
      pen.beginPath();
      pen.arc(0, 0, 8, 0, 2 * Math.PI);
      pen.lineWidth = 6;
      pen.strokeStyle = INK;
      pen.stroke();
      pen.lineWidth = 3;
      pen.strokeStyle = '#ffffff';
      pen.stroke();
      pen.fillStyle = '#e0397a';
      pen.fill();
      if (headed) {
        polygon(pen, [
          [0, -17],
          [5, -11],
          [-5, -11],
        ]);
        pen.fillStyle = '#ffffff';
        pen.fill();
      }
      return element;
    },
  };
}
