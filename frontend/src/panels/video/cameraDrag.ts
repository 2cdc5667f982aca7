/** A camera that is dragged from a list, or a pane of the wall that is dragged onto another. */
import type { DragEvent } from 'react';
import { useApp } from '../app';

const CAMERA = 'application/x-geoserver-camera';
const PANE = 'application/x-geoserver-pane';

type Carried = Pick<DragEvent, 'dataTransfer'>;

export type Dragged = { camera: string } | { pane: number };

export function carryCamera({ dataTransfer }: Carried, camera: string): void {
  dataTransfer.setData(CAMERA, camera);
  dataTransfer.effectAllowed = 'copy';
}

export function carryPane({ dataTransfer }: Carried, pane: number): void {
  dataTransfer.setData(PANE, String(pane));
  dataTransfer.effectAllowed = 'move';
}

/** Whether what is dragged is one of ours; what it is, is told when it is dropped. */
export const isOurs = ({ dataTransfer }: Carried) => [CAMERA, PANE].some((type) => dataTransfer.types.includes(type));

export function dropped({ dataTransfer }: Carried): Dragged | null {
  const camera = dataTransfer.getData(CAMERA);
  if (camera) return { camera };
  const pane = dataTransfer.getData(PANE);
  return pane === '' ? null : { pane: Number(pane) };
}

/** For a row that stands for a camera: it can be dragged while there is a wall to drag it to. */
export function useCameraDrag(camera: string) {
  const wall = useApp((state) => state.wall !== null);
  return wall ? { draggable: true, onDragStart: (event: DragEvent) => carryCamera(event, camera) } : {};
}
