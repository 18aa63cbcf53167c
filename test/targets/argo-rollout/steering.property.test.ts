import { setTimeout as sleep } from 'node:timers/promises';
import { expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { createRolloutSteering } from '../../../src/targets/argo-rollout/steering.ts';
import { ROLLOUT } from '../../../src/adapters/kubernetes/kinds.ts';
import { SluiceError } from '../../../src/domain/errors.ts';
import type { Effect } from '../../../src/domain/effect.ts';
import type { Strategy } from '../../support/fake-world-options.ts';
import type { RolloutState } from '../../../src/domain/rollout.ts';
import { createFakeWorld, type FakeWorld } from '../../support/fake-world.ts';

jest.setTimeout(300_000);

const STEPS = [5, 25, 50].flatMap((weight) => [{ setWeight: weight }, { pause: {} }]);

type Order = 'promote' | 'promote-again' | 'full' | 'abort' | 'pause' | 'resume' | 'v1' | 'v2' | 'v3';
/** Sent together; `lost`: the answer to one of the next requests does not arrive. */
interface Volley {
  readonly orders: readonly Order[];
  readonly lost: number;
  readonly waitMs: number;
}

const order = fc.constantFrom<Order>(
  'promote',
  'promote',
  'promote',
  'promote-again',
  'full',
  'abort',
  'pause',
  'resume',
  'v1',
  'v2',
  'v2',
  'v3',
);
const volley = fc.record({
  orders: fc.array(order, { minLength: 1, maxLength: 3 }),
  lost: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 6 }) }),
  waitMs: fc.constantFrom(0, 3, 15, 40),
});

/** Watches the Rollout: every pause that was passed without having been held there is a skipped step. */
class Watcher {
  readonly skipped: string[] = [];
  /** Pauses that somebody ended: `<hash>/<index>`. */
  readonly ended: string[] = [];
  readonly #held = new Set<string>();
  #last: { hash: string; index: number } | undefined;
  #life = 0;

  constructor(world: FakeWorld) {
    world.cluster.onChange((ref) => {
      if (ref.kind === ROLLOUT) this.#see(world.cluster.peek(ref).status as unknown as Seen);
    });
  }

  #see({ currentPodHash: hash, stableRS, currentStepIndex: index, pauseConditions, promoteFull, abort }: Seen): void {
    if (index === undefined) return;
    if (this.#last && (this.#last.hash !== hash || index < this.#last.index)) this.#life += 1;
    const last = this.#last?.hash === hash && index >= this.#last.index ? this.#last.index : 0;
    if (pauseConditions?.length) this.#held.add(`${this.#life}/${index}`);
    if (hash !== stableRS && !promoteFull && !abort) {
      for (let at = last; at < index; at += 1) {
        if (at % 2 === 0) continue;
        if (this.#held.has(`${this.#life}/${at}`)) this.ended.push(`${hash}/${at}`);
        else this.skipped.push(`step ${at} of ${hash}`);
      }
    }
    this.#last = { hash, index };
  }
}

interface Seen {
  readonly currentPodHash: string;
  readonly stableRS: string;
  readonly currentStepIndex?: number;
  readonly pauseConditions?: readonly object[];
  readonly promoteFull?: boolean;
  readonly abort?: boolean;
}

interface Sent {
  readonly order: Order;
  /** Undefined: nobody knows. */
  readonly effect: Effect<RolloutState> | undefined;
}

class Play {
  readonly world: FakeWorld;
  readonly watcher: Watcher;
  readonly sent: Sent[] = [];
  readonly #steering;
  #lastPause: { podHash: string; stepIndex?: number } | undefined;

  constructor(strategy: Strategy) {
    this.world = createFakeWorld({ strategy, steps: STEPS });
    this.watcher = new Watcher(this.world);
    this.#steering = createRolloutSteering(this.world.clusters, { longestProofMs: 150 });
  }

  async volley({ orders, lost, waitMs }: Volley): Promise<void> {
    const view = await this.world.ports.workload.read(this.world.target);
    if (lost > 0) this.world.failCluster(1, 'CLUSTER_UNREACHABLE', true);
    await Promise.all(orders.map((one) => this.#send(one, view)));
    this.world.failCluster(0);
    await sleep(waitMs);
  }

  async #send(one: Order, view: RolloutState): Promise<void> {
    try {
      this.sent.push({ order: one, effect: await this.#act(one, view) });
    } catch (error) {
      if (!(error instanceof SluiceError) || !['CLUSTER_UNREACHABLE', 'CONFLICT'].includes(error.code)) throw error;
      this.sent.push({ order: one, effect: undefined });
    }
  }

  #act(one: Order, view: RolloutState): Promise<Effect<RolloutState>> {
    const { target } = this.world;
    const at = { podHash: view.podHash, ...(view.stepIndex !== undefined && { stepIndex: view.stepIndex }) };
    if (one === 'promote') return this.#steering.promote(target, (this.#lastPause = at));
    // The same call, sent a second time however much later.
    if (one === 'promote-again') return this.#steering.promote(target, this.#lastPause ?? at);
    if (one === 'full') return this.#steering.promoteFull(target, at);
    if (one === 'abort') return this.#steering.abort(target, at);
    if (one === 'pause' || one === 'resume') return this.#steering[one](target);
    return this.#steering.setImage(target, { to: `shop:${one}` });
  }

  /** Everything that was told against everything that was seen. */
  check(): void {
    expect(this.watcher.skipped).toEqual([]);
    for (const { order: one, effect } of this.sent) if (effect) expectHonest(one, effect);
    const promotions = this.sent.filter(
      ({ order: one, effect }) => one.startsWith('promote') && (effect === undefined || effect.changed),
    );
    expect(this.watcher.ended.length).toBeLessThanOrEqual(promotions.length);
  }
}

function expectHonest(one: Order, { changed, effective, before, after, reason }: Effect<RolloutState>): void {
  const told = `${one}: ${reason}`;
  const { resourceVersion: _before, ...was } = before as RolloutState;
  const { resourceVersion: _after, ...is } = after as RolloutState;
  if (effective === 'refused') expect([told, changed, is]).toEqual([told, false, was]);
  if (changed && effective === 'proved') expect([told, is]).not.toEqual([told, was]);
}

test.each<Strategy>(['canary', 'blue-green'])(
  '%s: whatever is sent, together or one after the other, no step is skipped and nothing is told that was not seen',
  async (strategy) => {
    await fc.assert(
      fc.asyncProperty(fc.array(volley, { minLength: 2, maxLength: 7 }), async (volleys) => {
        const play = new Play(strategy);
        try {
          for (const one of volleys) await play.volley(one);
          await sleep(20);
          play.check();
        } finally {
          play.world.stop();
        }
      }),
      {
        numRuns: 60,
        examples: [
          [
            [
              { orders: ['v2'], lost: 0, waitMs: 40 },
              { orders: ['promote', 'promote', 'promote'], lost: 0, waitMs: 40 },
              { orders: ['promote-again'], lost: 0, waitMs: 3 },
              { orders: ['pause'], lost: 0, waitMs: 3 },
              { orders: ['promote'], lost: 0, waitMs: 3 },
              { orders: ['resume'], lost: 0, waitMs: 40 },
              { orders: ['promote', 'abort'], lost: 0, waitMs: 40 },
            ],
          ],
        ],
      },
    );
  },
);

test('the watcher sees a skipped step', async () => {
  const play = new Play('canary');
  play.world.foreignImage('shop:v2');
  await play.world.until(({ paused }) => paused);
  // What the plugin sends while nothing is paused, or twice.
  play.world.cluster.update(
    { kind: ROLLOUT, namespace: 'shop', name: 'shop' },
    ({ status }) => void (status['currentStepIndex'] = 5),
  );
  await sleep(30);
  play.world.stop();
  expect(() => play.check()).toThrow();
});

test('the same volley of three promotes is one promotion', async () => {
  const play = new Play('canary');
  await play.volley({ orders: ['v2'], lost: 0, waitMs: 0 });
  await play.world.until(({ paused, stepIndex }) => paused && stepIndex === 1);
  await play.volley({ orders: ['promote', 'promote', 'promote'], lost: 0, waitMs: 30 });
  play.world.stop();

  const effects = play.sent.slice(1).map(({ effect }) => effect);
  expect(effects.filter((effect) => effect?.changed)).toHaveLength(1);
  expect(effects.every((effect) => effect?.effective === 'proved')).toBe(true);
  expect(play.world.snapshot().stepIndex).toBe(3);
});

test('a promote whose answer was lost is told as a change, from what was read back', async () => {
  const play = new Play('canary');
  await play.volley({ orders: ['v2'], lost: 0, waitMs: 0 });
  await play.world.until(({ paused, stepIndex }) => paused && stepIndex === 1);
  const view = await play.world.ports.workload.read(play.world.target);
  const steering = createRolloutSteering({ ...play.world.clusters, client: (name) => losing(play.world, name) });

  const effect = await steering.promote(play.world.target, { podHash: view.podHash, stepIndex: 1 });
  play.world.stop();

  expect(effect).toMatchObject({
    changed: true,
    effective: 'proved',
    reason: expect.stringContaining('answer to the write was lost'),
    before: { stepIndex: 1 },
    after: { stepIndex: 3 },
  });
});

/** A client that loses the answer to its first patch. */
function losing(world: FakeWorld, name: string): ReturnType<FakeWorld['clusters']['client']> {
  const client = world.clusters.client(name);
  let first = true;
  return new Proxy(client, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key, target);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        if (key === 'jsonPatch' && first) {
          first = false;
          world.failCluster(1, 'CLUSTER_UNREACHABLE', true);
        }
        return Reflect.apply(member, target, args) as unknown;
      };
    },
  });
}
