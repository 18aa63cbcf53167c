import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { askedBy, type SeenRollout } from '../../../src/domain/updates/seen-rollout.ts';
import { isWanted, noUpdate, sightingOf } from '../../../src/domain/updates/sighting.ts';

const UNDER_WAY: SeenRollout = {
  target: { cluster: 'prod', namespace: 'shop', rollout: 'web' },
  uid: 'uid-1',
  revision: '2',
  observed: true,
  podHash: 'bbb',
  stableHash: 'aaa',
  aborted: false,
  promoteFull: false,
  wanted: 'true',
  unknown: [],
};

const { wanted: _, ...SILENT } = UNDER_WAY;
const none = (why: string) => ({ kind: 'none', why: expect.stringContaining(why) });

test('a template that is not stable yet is an update', () => {
  expect(sightingOf(UNDER_WAY, false)).toEqual({ kind: 'update' });
});

test.each<[string, Partial<SeenRollout>, string]>([
  ['the first version', { stableHash: '' }, 'no stable version'],
  ['a Rollout that Argo has not seen at all', { podHash: '', stableHash: '' }, 'no stable version'],
  ['a spec that Argo has not seen', { observed: false }, 'has not seen'],
  ['a scale, a restart, other steps', { podHash: 'aaa' }, 'that of the stable version'],
  ['an aborted update', { aborted: true }, 'aborted'],
  ['a full promotion', { promoteFull: true }, 'promoted in full'],
])('no update: %s', (_name, changes, why) => {
  expect(sightingOf({ ...UNDER_WAY, ...changes }, true)).toEqual(none(why));
});

describe('who asks for releases', () => {
  test.each<[string | undefined, boolean, boolean]>([
    ['true', false, true],
    ['true', true, true],
    ['false', true, false],
    [undefined, false, false],
    [undefined, true, true],
    ['yes', true, false],
  ])('annotation %s, namespace %s: %s', (wanted, everyUpdate, asked) => {
    expect(isWanted(wanted === undefined ? {} : { wanted }, everyUpdate)).toBe(asked);
  });

  test('a Rollout that asks for nothing is left alone', () => {
    expect(sightingOf(SILENT, false)).toEqual(none('nobody asks'));
  });

  test.each<[Partial<SeenRollout>, string]>([
    [{ wanted: 'yes' }, 'sluice.dev/release-updates is "yes"'],
    [{ wanted: '' }, 'sluice.dev/release-updates is ""'],
    [{ file: 'Not A Name' }, 'no name of a ConfigMap'],
    [{ unknown: ['sluice.dev/release-update'] }, 'sluice.dev/release-update is unknown'],
  ])('%o cannot be followed', (changes, why) => {
    const wrong = { kind: 'wrong', why: expect.stringContaining(why), next: expect.any(String) };
    expect(sightingOf({ ...UNDER_WAY, ...changes }, false)).toEqual(wrong);
  });

  test('annotations of a similar name are not overlooked, and others are not looked at', () => {
    const annotations = {
      'sluice.dev/release-updates': 'true',
      'sluice.dev/release-file': 'shop',
      'sluice.dev/releases': 'x',
      'sluice.dev/owner': '{}',
      'kubectl.kubernetes.io/restartedAt': 'now',
    };
    expect(askedBy(annotations)).toEqual({ wanted: 'true', file: 'shop', unknown: ['sluice.dev/releases'] });
  });
});

test('only a stable version and another one that goes on by its steps is an update', () => {
  const hash = fc.constantFrom('', 'aaa', 'bbb');
  const version = fc.record({
    ...{ observed: fc.boolean(), aborted: fc.boolean(), promoteFull: fc.boolean() },
    ...{ podHash: hash, stableHash: hash },
  });
  fc.assert(
    fc.property(version, (seen) => {
      const both = seen.podHash !== '' && seen.stableHash !== '' && seen.podHash !== seen.stableHash;
      expect(noUpdate(seen) === undefined).toBe(both && seen.observed && !seen.aborted && !seen.promoteFull);
    }),
  );
});
