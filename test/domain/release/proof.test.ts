import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { proveWeight, reportedWeight, type ProxyWeights } from '../../../src/domain/release/proof.ts';

const weight = fc.integer({ min: 0, max: 3 });
const replica = fc.record(
  { replica: fc.constantFrom('a', 'b'), candidate: weight },
  { requiredKeys: ['replica'] },
) as fc.Arbitrary<ProxyWeights>;

test('a weight is proved exactly when every place says the same and at least one proxy does', () => {
  fc.assert(
    fc.property(
      weight,
      fc.option(weight, { nil: undefined }),
      fc.option(weight, { nil: undefined }),
      fc.array(replica, { maxLength: 3 }),
      (wanted, rollout, traefikService, replicas) => {
        const seen = {
          wanted,
          replicas,
          at: 1,
          ...(rollout === undefined ? {} : { rollout }),
          ...(traefikService === undefined ? {} : { traefikService }),
        };
        const agree =
          (rollout === undefined || rollout === wanted) &&
          traefikService === wanted &&
          replicas.every((one) => one.candidate === wanted);
        expect(proveWeight(seen).effective).toBe(agree && replicas.length > 0 ? 'proved' : 'pending');
        expect(proveWeight(seen)).toMatchObject(seen);
      },
    ),
  );
});

test.each([
  [{ rollout: 5, traefikService: 25 }, 'the Rollout reports weight 5, wanted 25'],
  [{}, 'the TraefikService has weight none, wanted 25'],
  [
    {
      traefikService: 25,
      replicas: [
        { replica: 't1', candidate: 25 },
        { replica: 't2', error: 'refused' },
      ],
    },
    'Traefik t2 has weight none, wanted 25 (refused)',
  ],
  [{ traefikService: 25 }, 'no Traefik API is configured, so only counters can confirm'],
  [{ traefikService: 25, replicas: [{ replica: 't1', candidate: 25 }] }, 'weight 25 in force on 1 Traefik replica'],
])('%j: %s', (seen, reason) => {
  expect(proveWeight({ wanted: 25, replicas: [], at: 1, ...seen }).reason).toBe(reason);
});

test.each([
  [25, 'reported', 'Argo reports weight 25; no proxy was read'],
  [0, 'pending', 'Argo reports weight 0, wanted weight 25'],
] as const)("the controller's word of weight %d is never a proof", (weight, effective, reason) => {
  const proof = reportedWeight({ wanted: 25, at: 1 }, { weight, report: `Argo reports weight ${weight}` });
  expect(proof).toEqual({ wanted: 25, rollout: weight, replicas: [], at: 1, effective, reason });
});
