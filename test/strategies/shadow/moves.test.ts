import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import type { Move } from '../../../src/delivery/move.ts';
import type { ReleasePlan } from '../../../src/domain/release/plan.ts';
import type { Ports } from '../../../src/ports/index.ts';
import { verbsOf } from '../../../src/strategies/index.ts';
import { releaseSpec } from '../../support/builders.ts';
import { createFakeWorld, type FakeWorld } from '../../support/fake-world.ts';

const OWNER = { releaseId: 'release/dev/shop/shop', runId: 'run-1', epoch: 1 };
const COPIES = { percent: 20, withinMs: 40 };

interface Stage {
  readonly world: FakeWorld;
  readonly move: Move;
  /** Calls that matter for the copies, in order. */
  readonly calls: string[];
  /** Whether requests are copied at the end. */
  readonly copying: () => boolean;
}

/** A claimed target, and proxies whose copies are a flag. */
async function staged(counters?: (world: FakeWorld) => ReturnType<Ports['evidence']['counters']>): Promise<Stage> {
  const world = createFakeWorld({ image: 'shop:v1', strategy: 'blue-green' });
  const calls: string[] = [];
  let copying = false;
  const told = async (on: boolean, name: string) => {
    calls.push(name);
    copying = on;
    return { inForce: on, detail: '' };
  };
  const { ports, target } = world;
  const split = withCalls(ports.split, {
    uncopied: async () => undefined,
    copyReads: () => told(true, 'copyReads'),
    stopCopies: () => told(false, 'stopCopies'),
  });
  const workload = withCalls(ports.workload, {
    abort: (...args: Parameters<Ports['workload']['abort']>) => {
      calls.push('abort');
      return ports.workload.abort(...args);
    },
  });
  const all: Ports = { ...ports, split, workload };
  const spec = releaseSpec({ strategy: 'shadow', target, steps: [100], copies: COPIES });
  const long = { ...spec, copies: { ...COPIES, withinMs: spec.analysis.soakMs + 1 } };
  const { plan } = await (await verbsOf('shadow')).plan(all, long);
  await all.workload.claim(target, OWNER);
  await all.split.claim(world.traffic, OWNER);
  const planned = plan as ReleasePlan;
  const scene = { target, strategy: 'shadow', owner: OWNER, plan: withTime(planned), step: 0 };
  const evidence = withCalls(ports.evidence, counters ? { counters: () => counters(world) } : {});
  return { world, move: { world: { ...all, evidence }, scene, wait }, calls, copying: () => copying };
}

const withTime = (plan: ReleasePlan): ReleasePlan =>
  plan.copies
    ? { ...plan, copies: { ...plan.copies, ...COPIES, limits: { ...plan.copies.limits, soakMs: 60_000 } } }
    : plan;

function withCalls<Port extends object>(port: Port, own: object): Port {
  return new Proxy(port, {
    get: (target, key): unknown => Reflect.get(own, key) ?? Reflect.get(target, key),
  });
}

async function wait<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await pause(2);
  }
}

test('what is not proved in time fails, and nothing is copied afterwards', async () => {
  const { move, world, copying, calls } = await staged();
  const { advance } = await verbsOf('shadow');
  expect(await advance.start(move)).toMatchObject({
    kind: 'failed',
    detail: expect.stringMatching(/^copies of reads to shop:v2: not proved within 0.04 s: .*answered copies of/),
  });
  expect([calls, copying()]).toEqual([['copyReads', 'stopCopies'], false]);
  world.stop();
});

test('an attempt that ends early takes its copies away', async () => {
  const { move, world, copying, calls } = await staged(() => Promise.reject(new Error('cancelled')));
  const { advance } = await verbsOf('shadow');
  await expect(advance.start(move)).rejects.toThrow('cancelled');
  expect([calls, copying()]).toEqual([['copyReads', 'stopCopies'], false]);
  world.stop();
});

test('a version that another one has replaced leaves no copies of a killed worker', async () => {
  const { move, world, calls } = await staged();
  world.foreignImage('shop:v9');
  const { advance } = await verbsOf('shadow');
  expect(await advance.start(move)).toMatchObject({ kind: 'superseded' });
  expect(calls).toEqual(['stopCopies']);
  world.stop();
});

test('somebody else promotes the version while it is compared', async () => {
  const { move, world, copying } = await staged(async (fake) => {
    fake.endPause();
    return { requests: [], buckets: [] };
  });
  const patient = { ...move.scene.plan, copies: { ...move.scene.plan.copies, withinMs: 60_000 } } as ReleasePlan;
  const { advance } = await verbsOf('shadow');
  const started = await advance.start({ ...move, scene: { ...move.scene, plan: patient } });
  expect([started.kind, copying()]).toEqual(['promoted-elsewhere', false]);
  world.stop();
});

test.each([
  ['before its start has ended: the copies end before the pods go', undefined, ['stopCopies', 'abort']],
  ['later: users come first', 'new', ['abort', 'stopCopies']],
] as const)('a rollback %s', async (_when, begun, expected) => {
  const { move, world, calls } = await staged();
  const { advance, undo } = await verbsOf('shadow');
  await advance.start(move);
  calls.splice(0);
  const newHash = begun && (await world.ports.workload.read(world.target)).podHash;
  const scene = { ...move.scene, owner: { ...OWNER, epoch: 9 }, ...(newHash && { newHash }) };
  expect(await undo.withdraw({ ...move, scene })).toMatchObject({ kind: 'withdrawn' });
  expect(calls).toEqual(expected);
  world.stop();
});
