import { describe, expect, it } from 'vitest';
import type { Post, Role, User } from '../../../src/api/people';
import type { Area } from '../../../src/api/types';
import { byKind, holders, reaches, withParents } from '../../../src/model/grants';

const area = (code: string, level: Area['level'], parent: string): Area => ({
  code,
  level,
  parent,
  name: code,
  name_en: '',
});
const AREAS = [
  area('15', 'city', ''),
  area('1501', 'district', '15'),
  area('1502', 'district', '15'),
  area('150101', 'street', '1501'),
  // Codes do not have to begin with those above them.
  area('X9', 'community', '150101'),
];
const post = (over: Partial<Post> = {}): Post => ({
  role: 'operator',
  areas: ['1501'],
  tiers: null,
  networks: null,
  window: null,
  ...over,
});
const user = (name: string, posts: Post[], state: User['state'] = 'active'): User => ({
  name,
  title: name,
  state,
  posts,
  sessions: 0,
  tokens: 0,
});
const ROLES: Role[] = [
  { role: 'operator', actions: { see: ['camera', 'incident'], aim: ['camera'] }, approval: {} },
  { role: 'commander', actions: { see: ['camera'] }, approval: { unmask: ['camera'] } },
];

describe('where a role reaches', () => {
  it('goes down the areas, by what they stand under', () => {
    expect(withParents('X9', AREAS)).toEqual(['X9', '150101', '1501', '15']);
    expect(reaches(post(), 'X9', AREAS)).toBe(true);
    expect(reaches(post(), '1502', AREAS)).toBe(false);
    expect(reaches(post(), '15', AREAS)).toBe(false);
  });

  it('is outside of all areas only where it is everywhere', () => {
    expect(reaches(post({ areas: ['15'] }), '', AREAS)).toBe(false);
    expect(reaches(post({ areas: ['*'] }), '', AREAS)).toBe(true);
  });

  it('ends where areas stand under each other in a ring', () => {
    const ring = [area('a', 'street', 'b'), area('b', 'street', 'a')];
    expect(withParents('a', ring)).toEqual(['a', 'b']);
  });
});

describe('who may', () => {
  const users = [
    user('here', [post()]),
    user('there', [post({ areas: ['1502'] })]),
    user('gone', [post()], 'disabled'),
    user('chief', [post({ role: 'commander', areas: ['*'] })]),
  ];
  const who = (action: string, kind: string, code: string) =>
    holders(users, ROLES, AREAS, { action, kind, area: code }).map(({ user: one, verdict }) => [one.name, verdict]);

  it('names those whose roles reach the place, without who is disabled', () => {
    expect(who('see', 'camera', 'X9')).toEqual([
      ['here', 'allowed'],
      ['chief', 'allowed'],
    ]);
    expect(who('see', 'incident', '1502')).toEqual([['there', 'allowed']]);
    expect(who('remove', 'camera', 'X9')).toEqual([]);
  });

  it('says where another person has to agree', () => {
    expect(who('unmask', 'camera', 'X9')).toEqual([['chief', 'approval']]);
  });
});

it('turns actions of kinds round', () => {
  expect([...byKind({ see: ['camera', 'zone'], aim: ['camera'] })]).toEqual([
    ['camera', ['see', 'aim']],
    ['zone', ['see']],
  ]);
});
