import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Owner } from '../../src/domain/release/target.ts';
import type { ArmServices, SplitPort, TrafficRef } from '../../src/ports/split.ts';
import type { WorkloadPort } from '../../src/ports/workload.ts';
import type { Target } from '../../src/domain/release/target.ts';
import { CONTAINER, V1, V2 } from './workload.contract.ts';

/** A settled blue-green application on `v1`, at 100 and 0, that nobody owns. */
export interface FenceFixture {
  readonly workload: WorkloadPort;
  readonly split: SplitPort;
  readonly target: Target;
  readonly ref: TrafficRef;
  readonly arms: ArmServices;
}

const OWNER = { releaseId: 'release/a', runId: '1', temporal: 'default', cluster: 'c-1' };
const act = (epoch: number, changes: Partial<Owner> = {}): Owner => ({ ...OWNER, epoch, ...changes });
const REFUSED = { refused: true };

/** What the owner mark keeps out. The tests are one story: each goes on where the one before ended. */
export function fenceContract(name: string, create: () => Promise<FenceFixture>): void {
  describe(`the fence of an owned target: ${name}`, () => {
    let at: FenceFixture;
    const weights = async () => (await at.split.read(at.ref)).weights.map(({ weight }) => weight);
    const image = async () => (await at.workload.read(at.target)).images[CONTAINER];
    const setImage = (owner: Owner, from = V1, to = V2) =>
      at.workload.setImage(at.target, { container: CONTAINER, from, to }, owner);
    const setWeight = (owner: Owner, weight: number) => at.split.setWeight(at.ref, at.arms, weight, owner);

    beforeAll(async () => {
      at = await create();
    }, 180_000);

    test('without a mark every write of a release is refused', async () => {
      expect(await setImage(act(1))).toMatchObject(REFUSED);
      expect(await setWeight(act(1), 10)).toMatchObject(REFUSED);
      expect(await at.workload.abort(at.target, { podHash: 'x' }, act(1))).toMatchObject(REFUSED);
      expect(await at.workload.fence(at.target, act(1))).toMatchObject(REFUSED);
      expect(await at.split.fence(at.ref, act(1))).toMatchObject(REFUSED);
      expect([await image(), await weights()]).toEqual([V1, [100, 0]]);
    });

    test('the mark says whose it is, with the epoch of the last act', async () => {
      await at.workload.claim(at.target, act(1));
      await at.split.claim(at.ref, act(1));
      expect(await setWeight(act(2), 10)).toMatchObject({ changed: true });
      expect((await at.split.read(at.ref)).owner).toEqual(act(2));
      expect((await at.workload.read(at.target)).owner).toEqual(act(1));
    });

    test.each([
      ['an earlier act', act(1)],
      ['another run', act(9, { runId: '2' })],
      ['another Temporal namespace', act(9, { temporal: 'other' })],
      ['another cluster', act(9, { cluster: 'c-2' })],
    ])('%s writes nothing and learns who holds the object', async (_, owner) => {
      await at.workload.fence(at.target, act(2));
      expect(await setImage(owner)).toMatchObject({ ...REFUSED, holder: act(2) });
      expect(await setWeight(owner, 30)).toMatchObject({ ...REFUSED, holder: act(2) });
      expect([await image(), await weights()]).toEqual([V1, [90, 10]]);
    });

    test('an act that finds its work done raises the epoch all the same', async () => {
      expect(await setWeight(act(3), 10)).toMatchObject({ changed: false });
      expect(await setWeight(act(2), 20)).toMatchObject({ ...REFUSED, holder: act(3) });
      expect(await setImage(act(3), V2, V1)).toMatchObject({ changed: false });
      expect(await setImage(act(2))).toMatchObject({ ...REFUSED, holder: act(3) });
    });

    test('a write of the status raises the epoch before it, and an earlier act cannot follow', async () => {
      await setImage(act(4));
      const { podHash } = await paused();
      expect(await at.workload.abort(at.target, { podHash }, act(3))).toMatchObject(REFUSED);
      expect(await at.workload.abort(at.target, { podHash }, act(5))).toMatchObject({ changed: true });
      expect((await at.workload.read(at.target)).owner).toEqual(act(5));
      expect(await setImage(act(4), V2, 'shop:v9')).toMatchObject(REFUSED);
      expect(await setImage(act(6), V2, V1)).toMatchObject({ changed: true });
    });

    test('the run lets go of what it holds, whatever the epoch', async () => {
      expect(await setWeight(act(7), 0)).toMatchObject({ changed: true });
      expect(await at.split.unclaim(at.ref, act(1))).toMatchObject({ changed: true });
      expect(await at.workload.unclaim(at.target, act(1))).toMatchObject({ changed: true });
      expect(await setWeight(act(8), 50)).toMatchObject(REFUSED);
    });

    async function paused() {
      for (;;) {
        const seen = await at.workload.read(at.target);
        if (seen.observed && seen.controllerPause && seen.pauseReasons[0] === 'BlueGreenPause') return seen;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  });
}
