import { expect, test } from '@jest/globals';
import { versionTree } from '../../src/commands/version-tree.ts';
import type { Revision } from '../../src/domain/rollout.ts';
import type { RolloutVersions } from '../../src/ports/rollout-history.ts';

const revision = (number: number, podHash: string, desired: number): Revision => ({
  revision: number,
  podHash,
  images: { app: `shop:v${number}` },
  createdAt: '2026-11-01T10:00:00Z',
  replicas: { desired, ready: 0 },
  replicaSet: `web-${podHash}`,
  templateDigest: podHash,
  scaleDownDue: false,
});
const seen: RolloutVersions = {
  podHash: 'c3',
  stableHash: 'b2',
  revisions: [revision(3, 'c3', 1), revision(2, 'b2', 1), revision(1, 'a1', 0)],
  pods: new Map([
    ['c3', [{ name: 'web-c3-x', ready: false, reason: 'CrashLoopBackOff', exitCode: 1, restarts: 3 }]],
    ['b2', [{ name: 'web-b2-y', ready: true, restarts: 0 }]],
  ]),
};

test('each revision with pods has its ReplicaSet and its pods, and the others are counted', () => {
  expect(versionTree(seen)).toEqual([
    'revision 3 (new) web-c3 shop:v3: 0 of 1 ready: CrashLoopBackOff, exit code 1, 3 restarts',
    '  web-c3-x CrashLoopBackOff, exit code 1, 3 restarts',
    'revision 2 (stable) web-b2 shop:v2: 1 of 1 ready',
    '  web-b2-y ready',
    '1 older revision without pods',
  ]);
});

test('without the right to read ReplicaSets the tree has the pods, and says what is missing', () => {
  const lines = versionTree({ ...seen, revisions: [], revisionsProblem: 'may not list replicasets' });

  expect(lines[0]).toBe('ReplicaSets: may not list replicasets');
  expect(lines).toContain('stable b2: 1 of 1 ready');
});

test('pods that cannot be read are a line of each version', () => {
  const lines = versionTree({ ...seen, pods: new Map(), podsProblem: 'may not list pods' });

  expect(lines).toContain('revision 2 (stable) web-b2 shop:v2: may not list pods');
});

test('a version whose pods a quota refuses says so', () => {
  const refused = { ...revision(3, 'c3', 1), problem: '0 pods: FailedCreate: exceeded quota' };

  expect(versionTree({ ...seen, revisions: [refused], pods: new Map() })[0]).toBe(
    'revision 3 (new) web-c3 shop:v3: 0 pods: FailedCreate: exceeded quota',
  );
});
