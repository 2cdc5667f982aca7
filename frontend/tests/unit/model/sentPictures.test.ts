import { expect, test } from 'vitest';
import { beside, PICTURE_BYTES, whyUnsent } from '../../../src/model/sentPictures';

test('pictures are told from other files before they are sent', () => {
  expect(whyUnsent({ type: 'image/png', size: PICTURE_BYTES })).toBeNull();
  expect(whyUnsent({ type: 'image/png', size: PICTURE_BYTES + 1 })).toBe('size');
  expect(whyUnsent({ type: 'image/svg+xml', size: 10 })).toBe('type');
  expect(whyUnsent({ type: '', size: 10 })).toBe('type');
});

test('after the last picture comes the first', () => {
  expect([beside(0, 1, 3), beside(2, 1, 3), beside(0, -1, 3), beside(0, 1, 1)]).toEqual([1, 0, 2, 0]);
});
