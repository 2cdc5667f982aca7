import { describe, expect, it } from 'vitest';
import { createClient } from '../../../src/api/client';
import type { Account } from '../../../src/api/session';
import { addressOf, formatAddress, parseAddress, restore } from '../../../src/model/address';
import { managePages, may } from '../../../src/model/doorState';
import { createAppStore } from '../../../src/model/store';

const account = (over: Partial<Account> = {}): Account => ({
  name: 'li.min',
  title: '李敏',
  must_change: false,
  roles: [],
  after_agreement: {},
  may: { see: ['camera'] },
  ends_at: '2026-11-23T06:00:00Z',
  openid: false,
  ...over,
});

describe('what one may', () => {
  it('is what the session names, and nothing of nobody', () => {
    expect(may(account(), 'see', 'camera')).toBe(true);
    expect(may(account(), 'change', 'camera')).toBe(false);
    expect(may(null, 'see', 'camera')).toBe(false);
  });

  it('reaches by a star all kinds but those that have to be named', () => {
    const all = account({ may: { '*': ['*'] } });
    expect(may(all, 'change', 'camera')).toBe(true);
    for (const kind of ['account', 'grant', 'journal', 'credential']) expect(may(all, 'see', kind)).toBe(false);
  });

  it('opens the pages of Manage that hold something', () => {
    expect(managePages(account())).toEqual([]);
    expect(managePages(account({ may: { see: ['journal'] } }))).toEqual(['journal']);
    expect(managePages(account({ may: { see: ['account', 'journal'] } }))).toEqual(['people', 'roles', 'journal']);
  });
});

describe('the door', () => {
  it('follows what the server says of the session', () => {
    const store = createAppStore();
    const door = () => store.getState().door;
    expect(door()).toBe('asking');
    store.getState().setAccount(null);
    expect(door()).toBe('out');
    store.getState().setAccount(account({ must_change: true }));
    expect(door()).toBe('due');
    store.getState().setAccount(account());
    expect(door()).toBe('in');
  });

  it('keeps who was there when the session ends, and calls nothing ended that had not begun', () => {
    const store = createAppStore();
    store.getState().setAccount(null);
    store.getState().endSession();
    expect(store.getState().door).toBe('out');
    store.getState().setAccount(account());
    store.getState().endSession();
    expect(store.getState()).toMatchObject({ door: 'ended', account: { name: 'li.min' } });
  });

  it('hears from any door of the server that nobody is known, and not of a wrong password', async () => {
    let heard = 0;
    const answering = (code: string) => async () =>
      new Response(JSON.stringify({ type: `/problems/${code}`, title: '', status: 401, detail: '' }), {
        status: 401,
        headers: { 'content-type': 'application/problem+json' },
      });
    const ended = createClient(
      () => 'zh',
      answering('not-signed-in'),
      () => heard++,
    );
    await expect(ended.city()).rejects.toMatchObject({ status: 401 });
    expect(heard).toBe(1);
    const wrong = createClient(
      () => 'zh',
      answering('bad-sign-in'),
      () => heard++,
    );
    await expect(wrong.signIn('li.min', 'x')).rejects.toMatchObject({ code: 'bad-sign-in' });
    expect(heard).toBe(1);
  });

  it('takes an answer without contents for what it is', async () => {
    const client = createClient(
      () => 'zh',
      async () => new Response(null, { status: 204 }),
    );
    await expect(client.signOut()).resolves.toBeUndefined();
  });
});

describe('the address', () => {
  it('opens a page of Manage again', () => {
    const store = createAppStore();
    restore(store, parseAddress('#/manage/journal?lang=en'));
    expect(store.getState()).toMatchObject({ workspace: 'manage', managePage: 'journal' });
    expect(formatAddress(addressOf(store.getState()))).toBe('#/manage/journal?lang=en');
  });

  it('leads elsewhere whom nothing in Manage is open to', () => {
    const store = createAppStore();
    restore(store, parseAddress('#/manage/people'));
    store.getState().setAccount(account());
    expect(store.getState().workspace).toBe('operate');
  });

  it('takes an unknown page for none', () => {
    const store = createAppStore();
    restore(store, parseAddress('#/manage/../secrets'));
    expect(store.getState()).toMatchObject({ workspace: 'manage', managePage: 'health' });
    restore(store, parseAddress('#/plan'));
    expect(formatAddress(addressOf(createAppStore().getState()))).toBe('#/operate?lang=zh');
  });
});
