import { expect, test } from '@jest/globals';
import type { Move } from '../../src/delivery/move.ts';
import { untestable } from '../../src/delivery/smoke-rights.ts';
import { testedStart } from '../../src/delivery/tested-start.ts';
import type { SmokeTests } from '../../src/domain/delivery/smoke.ts';
import type { ReleasePlan } from '../../src/domain/release/plan.ts';
import type { ServiceCallsPort } from '../../src/ports/service-calls.ts';

const SMOKE: SmokeTests = {
  ...{ port: 'http', timeoutMs: 1_000, attempts: 1 },
  http: [{ method: 'GET', path: '/ready', status: 200 }],
};
const READY = { kind: 'ready', newHash: 'new' };

interface Given {
  readonly smoke?: SmokeTests;
  /** The pods behind the Service of the new version, at one look after the other. */
  readonly behind?: readonly (readonly string[])[];
  readonly status?: number;
  readonly problem?: string;
  /** What the Rollout is after the start. */
  readonly later?: object;
}

/** Starts a version that is ready at once, and tells which Services were asked. */
async function started({ smoke, behind = [['new-1']], status = 200, problem, later = {} }: Given) {
  const asked: string[] = [];
  let [looks, reads] = [0, 0];
  const rollout = { images: { app: 'shop:v2' }, podHash: 'new', stableHash: 'old', observed: true, steps: [] };
  const services = { candidateService: 'shop-canary', candidateSelector: 'new' };
  const move = {
    world: {
      now: () => 0,
      workload: {
        setImage: async () => ({ changed: true, detail: '' }),
        read: async () => ({ ...rollout, ...services, ...((reads += 1) > 1 ? later : {}) }),
        pods: async () => (problem === undefined ? { pods: [{ name: 'new-1' }] } : { pods: [], problem }),
      },
      serviceCalls: {
        pods: async () => behind[Math.min(looks, behind.length) - 1] ?? behind[0],
        http: async ({ service, port }: { service: string; port: string }, { path }: { path: string }) => {
          asked.push(`${looks} ${service}:${port}${path}`);
          return { status, body: '' };
        },
      },
    },
    scene: {
      target: {},
      plan: {
        ...{ container: 'app', fromImage: 'shop:v1', toImage: 'shop:v2', stableHash: 'old', steps: [] },
        ...{ candidate: { service: 'shop-canary' }, smoke },
      },
    },
    wait: async (look: () => Promise<unknown>) => {
      for (looks = 1; looks < 5; looks += 1) {
        const found = await look();
        if (found !== undefined) return found;
      }
      throw new Error('the deadline of the step');
    },
  } as unknown as Move;
  const result = await testedStart(move, { isReady: () => true, isPast: () => false });
  return { result, asked };
}

test('a release without tests asks nothing', async () => {
  expect(await started({ behind: [[]] })).toEqual({ result: READY, asked: [] });
});

test('the Service is asked once it leads to pods of the new version and to no others', async () => {
  const behind = [['old-1', 'old-2'], [], ['new-1', 'old-1'], ['new-1']];
  const { result, asked } = await started({ smoke: SMOKE, behind });

  expect(asked).toEqual(['4 shop-canary:http/ready']);
  expect(result).toEqual({ ...READY, detail: 'smoke tests passed before the first traffic: GET /ready' });
});

test('a version that fails its tests gets no traffic', async () => {
  const detail = 'smoke tests failed before the first traffic: GET /ready: the status is 500 and not 200';
  expect((await started({ smoke: SMOKE, status: 500 })).result).toEqual({ kind: 'failed', detail });
});

test('an abort by somebody else ends the wait', async () => {
  const { result, asked } = await started({ smoke: SMOKE, behind: [[]], later: { aborted: true } });
  expect(result).toMatchObject({ kind: 'aborted-elsewhere' });
  expect(asked).toEqual([]);
});

test('pods that may not be listed are the reason, and no test passes', async () => {
  const { result } = await started({ smoke: SMOKE, problem: 'pods may not be listed' });
  expect(result).toEqual({ kind: 'failed', detail: 'no smoke test ran: pods may not be listed' });
});

test('a worker whose account may not call the Service is refused with the verbs that it lacks', async () => {
  const check = (missing: readonly string[], smoke?: object) =>
    untestable(
      { missingVerbs: async () => missing } as unknown as ServiceCallsPort,
      { cluster: '', namespace: 'shop', rollout: 'shop' },
      { smoke } as unknown as ReleasePlan,
    );

  expect(await check(['get', 'create'], SMOKE)).toMatchObject({
    name: 'smoke tests',
    ok: false,
    detail: expect.stringContaining('may not get and create services/proxy in shop'),
  });
  expect(await check([], SMOKE)).toBeUndefined();
  expect(await check(['get', 'create'])).toBeUndefined();
});
