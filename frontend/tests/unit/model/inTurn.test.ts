import { describe, expect, it } from 'vitest';
import { InTurn } from '../../../src/model/inTurn';

describe('work in turn', () => {
  it('hands each the answer of the one before it, in the order asked', async () => {
    const turn = new InTurn<number>();
    const order: string[] = [];
    let release = (_: number): void => {};
    const first = turn.run('a', () => {
      order.push('first');
      return new Promise<number>((done) => {
        release = done;
      });
    });
    const second = turn.run('a', async (before) => {
      order.push('second');
      return (before ?? 0) + 1;
    });
    const other = turn.run('b', async (before) => {
      order.push('other');
      return before ?? -1;
    });
    expect(await other).toBe(-1);
    expect(order).toEqual(['first', 'other']);
    release(7);
    expect(await first).toBe(7);
    expect(await second).toBe(8);
    await new Promise((done) => setTimeout(done));
    expect(await turn.run('a', async (before) => before ?? 0)).toBe(0);
  });

  it('goes on after one that failed', async () => {
    const turn = new InTurn<number>();
    const failed = turn.run('a', () => Promise.reject(new Error('refused')));
    const next = turn.run('a', async (before) => before ?? 0);
    await expect(failed).rejects.toThrow('refused');
    expect(await next).toBe(0);
  });
});
