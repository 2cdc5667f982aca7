import { describe, expect, it } from 'vitest';
import { cameraIcon, clusterIcon, faceOf, shares, shortCount } from '../../../src/layers/icons';
import { incidentGroupIcon, incidentIcon } from '../../../src/layers/incidentIcons';

describe('signs', () => {
  it('never gives a direction to a camera that has none', () => {
    expect(faceOf({ type: 'fixed', heading: null })).toBe('unknown');
    expect(faceOf({ type: 'fixed', heading: 0 })).toBe('fixed');
    expect(faceOf({ type: 'ptz', heading: null })).toBe('ptz');
  });

  it('differ by tier, face and selection', () => {
    const keys = ([1, 2, 3] as const).flatMap((tier) =>
      (['fixed', 'ptz', 'unknown'] as const).flatMap((face) =>
        [true, false].map((selected) => cameraIcon(tier, face, selected).key),
      ),
    );
    expect(new Set(keys).size).toBe(18);
  });

  it('show a lone lookout among thousands', () => {
    const part = shares({ 1: 1, 2: 0, 3: 6999 });
    expect(part[1]).toBeGreaterThan(0.05);
    expect(part[2]).toBe(0);
    expect(part[1] + part[2] + part[3]).toBeCloseTo(1, 12);
  });

  it('are the same picture for the same counts only', () => {
    expect(clusterIcon({ 1: 0, 2: 1, 3: 2 }).key).toBe(clusterIcon({ 1: 0, 2: 1, 3: 2 }).key);
    expect(clusterIcon({ 1: 0, 2: 1, 3: 2 }).key).not.toBe(clusterIcon({ 1: 0, 2: 2, 3: 1 }).key);
  });

  it('of exercises are none of what is real', () => {
    const look = { glyph: '火', severity: 1, stage: 'new', overdue: false, chosen: false } as const;
    const keys = [null, '演习', 'EXERCISE'].map((exercise) => incidentIcon({ ...look, exercise }).key);
    expect(new Set(keys).size).toBe(3);
    const groups = [
      [1, 0, 0, 0, 0],
      [1, 0, 0, 0, 2],
      [0, 0, 0, 0, 1],
    ].map((counts) => incidentGroupIcon(counts, '演习').key);
    expect(new Set(groups).size).toBe(3);
  });

  it('shorten counts', () => {
    expect([7, 999, 1000, 7234, 12_345].map(shortCount)).toEqual(['7', '999', '1.0k', '7.2k', '12k']);
  });
});
