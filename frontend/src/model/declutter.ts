/** Labels on the screen, nearest first; those that would cover an earlier one are left out. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Wanted<T> extends Box {
  item: T;
}

const CELL_PX = 96;

const meet = (a: Box, b: Box) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

function cells({ x, y, width, height }: Box): string[] {
  const names: string[] = [];
  for (let col = Math.floor(x / CELL_PX); col <= Math.floor((x + width) / CELL_PX); col++)
    for (let row = Math.floor(y / CELL_PX); row <= Math.floor((y + height) / CELL_PX); row++)
      names.push(`${col},${row}`);
  return names;
}

class Taken {
  private readonly cells = new Map<string, Box[]>();

  add(box: Box): void {
    for (const name of cells(box)) this.cells.set(name, [...(this.cells.get(name) ?? []), box]);
  }

  meets(box: Box): boolean {
    return cells(box).some((name) => this.cells.get(name)?.some((other) => meet(box, other)));
  }
}

/** `obstacles` are there already and must not be covered either. */
export function declutter<T>(wanted: Iterable<Wanted<T>>, limit: number, obstacles: Iterable<Box> = []): T[] {
  const taken = new Taken();
  for (const box of obstacles) taken.add(box);
  const kept: T[] = [];
  for (const box of wanted) {
    if (kept.length >= limit) break;
    if (taken.meets(box)) continue;
    taken.add(box);
    kept.push(box.item);
  }
  return kept;
}
