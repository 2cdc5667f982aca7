import { describe, expect, it } from 'vitest';
import { comeBack, leaveFor, type Place } from '../../../src/model/wayBack';

function place(address: string, kept: Map<string, string> = new Map()) {
  const url = new URL(address, 'http://127.0.0.1/');
  const gone: string[] = [];
  const shown: string[] = [];
  const at: Place = {
    location: { search: url.search, hash: url.hash, pathname: url.pathname, assign: (to) => gone.push(String(to)) },
    history: { replaceState: (_state, _title, to) => shown.push(String(to)) },
    sessionStorage: {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => kept.set(key, value),
      removeItem: (key) => kept.delete(key),
    },
  };
  return { at, gone, shown, kept };
}

describe('the way to a provider and back', () => {
  it('restores what was seen before', () => {
    const out = place('/?gfx=low#106.8,39.6/x');
    leaveFor('/there', out.at);
    expect(out.gone).toEqual(['/there']);
    const back = place('/', out.kept);
    expect(comeBack(back.at)).toBeNull();
    expect(back.shown).toEqual(['/?gfx=low#106.8,39.6/x']);
    expect(out.kept.size).toBe(0);
  });

  it('tells why nobody was let in, once', () => {
    const out = place('/?sign-in=state#here');
    leaveFor('/there', out.at);
    const back = place('/?sign-in=no-role', out.kept);
    expect(comeBack(back.at)).toBe('no-role');
    expect(back.shown).toEqual(['/#here']);
    const plain = place('/?sign-in=denied&gfx=low');
    expect(comeBack(plain.at)).toBe('denied');
    expect(plain.shown).toEqual(['/?gfx=low']);
  });

  it('leaves an address alone that somebody opened', () => {
    const back = place('/#elsewhere', new Map([['geoserver.way-back', '#before']]));
    expect(comeBack(back.at)).toBeNull();
    expect(back.shown).toEqual([]);
  });
});
