import { beforeAll, describe, expect, test } from '@jest/globals';
import type { ProxyWeights } from '../../src/domain/release/proof.ts';
import type { ArmServices, SplitPort, TrafficRef } from '../../src/ports/split.ts';
import { errorCode } from './workload.contract.ts';

/** A TraefikService that no controller writes, at 100 and 0, served by two replicas. */
export interface TrafficFixture {
  readonly traffic: SplitPort;
  readonly ref: TrafficRef;
  readonly arms: ArmServices;
}

const MINE = { releaseId: 'release/a', runId: '1' };
const OTHER = { releaseId: 'release/b', runId: '1' };

export function trafficContract(name: string, create: () => Promise<TrafficFixture>): void {
  describe(`TrafficPort: ${name}`, () => {
    let traffic: SplitPort;
    let ref: TrafficRef;
    let arms: ArmServices;

    async function servedAt(weight: number): Promise<readonly ProxyWeights[]> {
      const deadline = Date.now() + 15_000;
      for (;;) {
        const replicas = await traffic.inForce(ref, arms);
        if (replicas.every(({ candidate }) => candidate === weight)) return replicas;
        if (Date.now() > deadline) throw new Error(`weight ${weight} is not served: ${JSON.stringify(replicas)}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }

    beforeAll(async () => {
      ({ traffic, ref, arms } = await create());
    }, 180_000);

    test('reads the weights as written, and finds the object by its Services', async () => {
      const view = await traffic.read(ref);

      expect(view.weights.map(({ service, weight }) => [service, weight])).toEqual([
        [arms.stable, 100],
        [arms.candidate, 0],
      ]);
      expect(view).toMatchObject({ ref, sticky: false });
      expect(await traffic.find(ref, arms)).toEqual([ref.name]);
      expect(await traffic.find(ref, { stable: arms.stable, candidate: 'nobody' })).toEqual([]);
    });

    test('names what is missing', async () => {
      await traffic.claim(ref, MINE);
      expect(await errorCode(traffic.read({ ...ref, name: 'nobody' }))).toBe('TRAFFIC_SERVICE_NOT_FOUND');
      expect(await errorCode(traffic.read({ ...ref, namespace: 'nowhere' }))).toBe('NAMESPACE_NOT_FOUND');
      expect(await errorCode(traffic.setWeight(ref, { ...arms, candidate: 'nobody' }, 5, MINE))).toBe(
        'TRAFFIC_SERVICE_NOT_FOUND',
      );
    });

    test.each([-1, 101, 2.5, Number.NaN])('refuses the weight %p', async (weight) => {
      expect(await errorCode(traffic.setWeight(ref, arms, weight, MINE))).toBe('INVALID_INPUT');
    });

    test.each([5, 33, 100])('sets weight %p, once, and every replica serves it', async (weight) => {
      expect(await traffic.setWeight(ref, arms, weight, MINE)).toMatchObject({ changed: true });
      expect(await traffic.setWeight(ref, arms, weight, MINE)).toMatchObject({ changed: false });

      const replicas = await servedAt(weight);
      expect(replicas).toHaveLength(2);
      expect(new Set(replicas.map(({ replica }) => replica)).size).toBe(2);
      expect((await traffic.read(ref)).weights.map((entry) => entry.weight)).toEqual([100 - weight, weight]);
    });

    test('two writers at once leave one of the two weights, never a mixture', async () => {
      await Promise.all([traffic.setWeight(ref, arms, 20, MINE), traffic.setWeight(ref, arms, 70, MINE)]);

      const [stable, candidate] = (await traffic.read(ref)).weights.map((entry) => entry.weight);
      expect([20, 70]).toContain(candidate);
      expect(stable).toBe(100 - (candidate ?? 0));
    });

    test('an owner keeps others from writing', async () => {
      expect(await traffic.claim(ref, MINE)).toMatchObject({ changed: false });
      expect(await traffic.claim(ref, OTHER)).toMatchObject({
        refused: true,
        detail: expect.stringContaining('release/a'),
      });
      expect(await traffic.setWeight(ref, arms, 10, OTHER)).toMatchObject({
        refused: true,
        detail: expect.stringContaining('release/a'),
      });
      expect(await traffic.setWeight(ref, arms, 10, { ...MINE, runId: '2' })).toMatchObject({
        refused: true,
        holder: MINE,
      });
      expect((await traffic.read(ref)).owner).toEqual(MINE);
      expect(await traffic.unclaim(ref, OTHER)).toMatchObject({ changed: false });
      expect(await traffic.unclaim(ref, MINE)).toMatchObject({ changed: true });
    });

    test('ends with everything on stable', async () => {
      expect(await traffic.setWeight(ref, arms, 0, OTHER)).toMatchObject({
        refused: true,
        detail: expect.stringContaining('no owner mark'),
      });
      await traffic.claim(ref, OTHER);
      expect(await traffic.setWeight(ref, arms, 0, OTHER)).toMatchObject({ changed: true });
      await traffic.unclaim(ref, OTHER);
      await servedAt(0);
    });
  });
}
