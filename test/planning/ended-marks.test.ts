import { expect, test } from '@jest/globals';
import type { Owner } from '../../src/domain/release/target.ts';
import { withoutEndedMarks } from '../../src/planning/ended-marks.ts';
import type { Ports } from '../../src/ports/index.ts';

const TARGET = { cluster: 'prod', namespace: 'shop', rollout: 'web' };
const ENDED: Owner = { releaseId: 'release/prod-vpn/shop/web', runId: 'ended' };
const OPEN: Owner = { ...ENDED, runId: 'open' };
const OTHER: Owner = { releaseId: 'release/prod/shop/api', runId: 'ended' };

/** The marks that a plan reads from a Rollout and a TraefikService that both carry `owner`. */
async function marksRead(owner: Owner | undefined): Promise<readonly unknown[]> {
  const object = { phase: 'Healthy', ...(owner && { owner }) };
  const port = { read: () => Promise.resolve(object) };
  const ports = { workload: port, split: port } as unknown as Ports;
  const { workload, split } = withoutEndedMarks(ports, TARGET, ({ runId }) => Promise.resolve(runId === 'ended'));
  const read = [await workload.read(TARGET), await split.read({ ...TARGET, name: 'web' })];
  expect(read).toMatchObject([{ phase: 'Healthy' }, { phase: 'Healthy' }]);
  return read.map((one) => one.owner);
}

test.each<[string, Owner | undefined, Owner | undefined]>([
  ['an ended run of the same Rollout, under another name of the cluster', ENDED, undefined],
  ['an open run of the same Rollout', OPEN, OPEN],
  ['an ended run of another Rollout', OTHER, OTHER],
  ['nobody', undefined, undefined],
])('the mark of %s', async (_, owner, expected) => {
  expect(await marksRead(owner)).toEqual([expected, expected]);
});
