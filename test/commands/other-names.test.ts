import { expect, test } from '@jest/globals';
import { withOtherNames } from '../../src/commands/other-names.ts';
import { SluiceError } from '../../src/domain/errors.ts';
import type { Owner } from '../../src/domain/release/target.ts';
import type { RolloutState } from '../../src/domain/rollout.ts';
import { aView, AT, createFakeGateway } from '../support/fake-gateway.ts';

const MINE = 'release/prod/shop/web';
const OTHER = 'release/prod-vpn/shop/web';
const ABORT = { name: 'abort', requestId: 'r1', who: 'ada' } as const;

function stage(mark: Owner | undefined, running: readonly string[], closed: readonly string[] = []) {
  const gateway = createFakeGateway([
    ...running.map((id) => aView({ id })),
    ...closed.map((id) => aView({ id, state: 'succeeded', closedAt: AT })),
  ]);
  let reads = 0;
  const read = async () => {
    reads += 1;
    return { owner: mark } as RolloutState;
  };
  return { gateway, named: withOtherNames(gateway, { read }), reads: () => reads };
}

const mark = (releaseId: string): Owner => ({ releaseId, runId: 'run-1' });

test('a command under another name of the cluster reaches the release that holds the mark', async () => {
  const { gateway, named } = stage(mark(OTHER), [OTHER]);
  expect(await named.command(MINE, ABORT, 10)).toMatchObject({ outcome: 'applied' });
  expect(gateway.sent).toMatchObject([{ id: OTHER, command: ABORT }]);
});

test('a release is shown under the other name; also when an earlier one has ended under the own name', async () => {
  expect((await stage(mark(OTHER), [OTHER]).named.get(MINE)).id).toBe(OTHER);
  expect((await stage(mark(OTHER), [OTHER], [MINE]).named.get(MINE)).id).toBe(OTHER);
});

test('what runs under the own name is answered without a look at the cluster', async () => {
  const { named, reads } = stage(mark(OTHER), [MINE]);
  expect((await named.get(MINE)).id).toBe(MINE);
  await named.command(MINE, ABORT, 10);
  expect(reads()).toBe(0);
});

test.each([
  ['no mark', undefined],
  ['the mark of the release itself', mark(MINE)],
  ['the mark of another target', mark('release/prod-vpn/shop/other')],
  ['a mark that is no release', mark('unreadable mark x')],
])('%s leads nowhere else', async (_, owner) => {
  const { named } = stage(owner, [OTHER]);
  await expect(named.command(MINE, ABORT, 10)).rejects.toMatchObject({ code: 'RELEASE_NOT_FOUND' });
  await expect(named.get(MINE)).rejects.toMatchObject({ code: 'RELEASE_NOT_FOUND' });
});

test('Temporal away is no reason to look for another name, and a cluster away none to hide the answer', async () => {
  const { gateway, named, reads } = stage(mark(OTHER), [OTHER]);
  gateway.failure = new SluiceError('TEMPORAL_UNREACHABLE', 'away');
  await expect(named.get(MINE)).rejects.toMatchObject({ code: 'TEMPORAL_UNREACHABLE' });
  expect(reads()).toBe(0);
  const away = withOtherNames(createFakeGateway(), { read: () => Promise.reject(new Error('away')) });
  await expect(away.get(MINE)).rejects.toMatchObject({ code: 'RELEASE_NOT_FOUND' });
});
