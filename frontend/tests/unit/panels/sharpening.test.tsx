import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { useSharpening } from '../../../src/panels/camera/Still';

/** Pictures on their way, in the order in which they were asked for. */
let asked: FakeImage[];
let root: Root;
let seen: ReturnType<typeof useSharpening>;

class FakeImage {
  onload?: () => void;
  onerror?: () => void;
  src = '';
  constructor() {
    asked.push(this);
  }
}

function Probe({ quick, sharp }: { quick?: string; sharp: string }) {
  seen = useSharpening(quick, sharp);
  return null;
}

const draw = (sharp: string, quick?: string) =>
  act(() => root.render(<Probe sharp={sharp} {...(quick && { quick })} />));
const come = (address: string) => act(() => asked.find(({ src }) => src === address)?.onload?.());

beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  vi.stubGlobal('Image', FakeImage);
  asked = [];
  root = createRoot(document.createElement('div'));
});

afterEach(() => {
  act(() => root.unmount());
  vi.unstubAllGlobals();
});

it('shows the quick picture until the sharp one has come', () => {
  draw('a.sharp', 'a.quick');
  expect(asked.map(({ src }) => src)).toEqual(['a.quick', 'a.sharp']);
  expect(seen).toMatchObject({ shown: undefined, busy: true });
  come('a.quick');
  expect(seen).toMatchObject({ shown: 'a.quick', busy: true });
  come('a.sharp');
  expect(seen).toMatchObject({ shown: 'a.sharp', busy: false });
});

it('keeps the sharp one before until something of the next is there', () => {
  draw('a.sharp', 'a.quick');
  come('a.quick');
  come('a.sharp');
  draw('b.sharp', 'b.quick');
  expect(seen.shown).toBe('a.sharp');
  come('b.quick');
  expect(seen.shown).toBe('b.quick');
  come('b.sharp');
  expect(seen.shown).toBe('b.sharp');
});

it('does without a quick one, and with a quick one that fails', () => {
  draw('a.sharp');
  come('a.sharp');
  expect(seen.shown).toBe('a.sharp');
  draw('b.sharp', 'b.quick');
  act(() => asked.find(({ src }) => src === 'b.quick')?.onerror?.());
  expect(seen.shown).toBe('a.sharp');
  come('b.sharp');
  expect(seen.shown).toBe('b.sharp');
});
