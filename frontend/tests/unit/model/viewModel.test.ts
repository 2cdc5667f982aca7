import { describe, expect, it } from 'vitest';
import { readView } from '../../../src/model/viewModel';
import { viewBytes } from '../view';

describe('a view mesh', () => {
  it('is read with east, north and up of its origin', () => {
    const view = readView(viewBytes());
    expect(view.origin).toEqual([106.8, 39.6, 1085]);
    expect([...view.positions]).toEqual([1, 20, -3, 2, 21, -3, 1, 22, -3]);
    expect([...view.texture]).toEqual([0, 0, 0, 0.5, 1, 0.5]);
    expect([...view.triangles]).toEqual([0, 1, 2]);
  });

  it('has the corners of all its parts, counted on', () => {
    expect([...readView(viewBytes(2)).triangles]).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('may show nothing', () => {
    expect(readView(viewBytes(0)).triangles).toHaveLength(0);
  });

  it('is refused where it is something else', () => {
    expect(() => readView(new TextEncoder().encode('{"type": "about:blank", "title": "no"}').buffer)).toThrow('glTF');
    expect(() => readView(new ArrayBuffer(3))).toThrow('glTF');
  });
});
