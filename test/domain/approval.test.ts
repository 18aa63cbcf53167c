import { describe, expect, test } from '@jest/globals';
import { osUser, type Identity } from '../../src/domain/access/caller.ts';
import { neverEnough, notCounted, starterOf, type Ballot, type Sender } from '../../src/domain/release/approval.ts';

const LOGIN = 'https://login.example';
const ballot: Ballot = {
  by: [
    { issuer: 'os', subject: 'ada' },
    { issuer: 'os', subject: 'bob' },
    { issuer: LOGIN, group: 'releasers' },
  ],
  count: 2,
  startedBy: 'os#ada',
  votes: [],
};
const eve: Identity = { kind: 'person', issuer: LOGIN, subject: 'e1', name: 'Eve' };
const agent: Identity = { kind: 'agent', issuer: 'client', subject: 'claude', name: 'claude' };
const key: Identity = { kind: 'machine', issuer: 'key', subject: 'k1', name: 'CI' };

describe('an approval counts, or the reason is said', () => {
  const cases: readonly (readonly [string, Sender | undefined, Partial<Ballot>, RegExp | undefined])[] = [
    ['a named person', { identity: osUser('bob') }, {}, undefined],
    ['a member of a named group', { identity: eve, groups: ['staff', 'releasers'] }, {}, undefined],
    ['nobody is known', undefined, {}, /not known who/],
    [
      'an agent, also for a named person',
      { identity: agent, onBehalfOf: osUser('bob') },
      {},
      /client#claude is an agent/,
    ],
    ['a key', { identity: key }, {}, /key#k1 is a machine/],
    [
      'a person who is not named',
      { identity: osUser('zoe') },
      {},
      /os#zoe is not among those who may approve: os#ada, /,
    ],
    ['the same name of another issuer', { identity: { ...osUser('bob'), issuer: LOGIN } }, {}, /#bob is not among/],
    ['a group of another issuer', { identity: osUser('zoe'), groups: ['releasers'] }, {}, /is not among/],
    ['who has started it', { identity: osUser('ada') }, {}, /os#ada has started this release/],
    ['twice', { identity: osUser('bob') }, { votes: [{ who: 'os#bob', name: 'bob' }] }, /os#bob has approved already/],
  ];
  test.each(cases)('%s', (_, sender, change, why) => {
    const said = notCounted({ ...ballot, ...change }, sender);
    if (why) expect(said).toMatch(why);
    else expect(said).toBeUndefined();
  });
});

test('a list that nobody can satisfy is known before', () => {
  const by = [
    { issuer: 'os', subject: 'ada' },
    { issuer: 'os', subject: 'bob' },
  ];
  expect(neverEnough({ by, count: 2 }, undefined)).toBeUndefined();
  expect(neverEnough({ by, count: 1 }, 'os#ada')).toBeUndefined();
  expect(neverEnough({ by, count: 2 }, 'os#ada')).toBe(
    '2 different people have to approve, and of those who are named only 1 can: os#bob; os#ada starts the release and does not count',
  );
  expect(neverEnough({ by: [...by, ...by], count: 3 }, undefined)).toMatch(/only 2 can: os#ada, os#bob$/);
  expect(neverEnough({ by: [...by, { issuer: LOGIN, group: 'releasers' }], count: 9 }, 'os#ada')).toBeUndefined();
});

test('an agent starts for its person, and an unproved name starts for nobody', () => {
  expect(starterOf({ id: 'mcp:claude', kind: 'mcp', identity: agent, onBehalfOf: osUser('ada') })).toBe('os#ada');
  expect(starterOf({ id: 'mcp:claude', kind: 'mcp', identity: agent })).toBeUndefined();
});
