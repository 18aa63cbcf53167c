import { expect, test } from '@jest/globals';
import { versionTree } from '../../src/commands/version-tree.ts';
import { SluiceError } from '../../src/domain/errors.ts';
import type { VersionPods } from '../../src/domain/pods.ts';
import type { Revision } from '../../src/domain/rollout.ts';
import type { WorkloadPort } from '../../src/ports/workload.ts';

const seen = { target: { cluster: 'dev', namespace: 'shop', rollout: 'web' }, podHash: 'c3', stableHash: 'b2' };
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
const PODS: Readonly<Record<string, VersionPods>> = {
  c3: { pods: [{ name: 'web-c3-x', ready: false, reason: 'CrashLoopBackOff', exitCode: 1, restarts: 3 }] },
  b2: { pods: [{ name: 'web-b2-y', ready: true, restarts: 0 }] },
};

const tree = (revisions: () => Promise<Revision[]>, pods: WorkloadPort['pods'] = async (_, hash) => PODS[hash]!) =>
  versionTree({ rolloutObjects: { revisions }, workload: { pods } as WorkloadPort }, seen);
const all = async () => [revision(3, 'c3', 1), revision(2, 'b2', 1), revision(1, 'a1', 0)];
const forbidden = () => Promise.reject(new SluiceError('FORBIDDEN', 'may not list replicasets'));

test('each revision with pods has its ReplicaSet and its pods, and the others are counted', async () => {
  expect(await tree(all)).toEqual([
    'revision 3 (new) web-c3 shop:v3: 0 of 1 ready: CrashLoopBackOff, exit code 1, 3 restarts',
    '  web-c3-x CrashLoopBackOff, exit code 1, 3 restarts',
    'revision 2 (stable) web-b2 shop:v2: 1 of 1 ready',
    '  web-b2-y ready',
    '1 older revision without pods',
  ]);
});

test('without the right to read ReplicaSets the tree has the pods, and says what is missing', async () => {
  const lines = await tree(forbidden);

  expect(lines[0]).toBe('ReplicaSets: may not list replicasets');
  expect(lines).toContain('stable b2: 1 of 1 ready');
});

test('pods that cannot be read are a line of their version', async () => {
  expect(await tree(all, forbidden)).toContain('revision 2 (stable) web-b2 shop:v2: may not list replicasets');
});

test('a fault of the program is no line', async () => {
  await expect(tree(() => Promise.reject(new TypeError('oops')))).rejects.toThrow('oops');
});
