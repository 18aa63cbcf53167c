import { ROLLOUT } from '../../src/adapters/kubernetes/kinds.ts';
import type { ObjectRef } from '../../src/adapters/kubernetes/kinds.ts';
import { createLog } from '../../src/observability/log.ts';
import { planRelease } from '../../src/strategies/index.ts';
import { createRolloutUpdates } from '../../src/targets/argo-rollout/updates.ts';
import { startUpdates, type UpdateDeps } from '../../src/updates/index.ts';
import { createFakeGateway, DEFAULTS } from './fake-gateway.ts';
import type { FakeWorldOptions } from './fake-world-options.ts';
import { createFakeWorld } from './fake-world.ts';

/** The pauses outlast every test. */
const TIMED = [{ setWeight: 10 }, { pause: { duration: 100_000 } }];
const CONFIG_MAP = {
  name: 'ConfigMap',
  group: '',
  version: 'v1',
  plural: 'configmaps',
  missing: 'OBJECT_NOT_FOUND',
} as const;

/** A fake world in which updates start releases of a fake gateway. */
export class UpdatesStage {
  readonly world;
  readonly gateway = createFakeGateway();
  readonly deps: UpdateDeps;
  readonly #stops: (() => void)[] = [];

  constructor(options: FakeWorldOptions = {}, changes: Partial<UpdateDeps> = {}) {
    const world = createFakeWorld({ strategy: 'canary', steps: TIMED, speed: 100, ...options });
    this.world = world;
    this.deps = {
      updates: createRolloutUpdates(world.clusters, []),
      ...{ worlds: world.worlds, gateway: this.gateway, defaults: DEFAULTS },
      ...{ access: undefined, everyUpdateIn: [] },
      preflight: async (spec) => planRelease(await world.worlds.of(spec.target.cluster), spec),
      ...changes,
    };
  }

  /** Begins as a worker does. The returned function ends it. */
  work(): () => void {
    const stop = startUpdates(this.deps, [this.world.target.cluster], createLog('silent'));
    this.#stops.push(stop);
    return stop;
  }

  close(): void {
    for (const stop of this.#stops) stop();
    this.world.stop();
  }

  get #rollout(): ObjectRef {
    const { namespace, rollout: name } = this.world.target;
    return { kind: ROLLOUT, namespace, name };
  }

  annotate(annotations: Readonly<Record<string, string>>): void {
    this.world.cluster.update(this.#rollout, ({ metadata }) => {
      metadata.annotations = { ...metadata.annotations, ...annotations };
    });
  }

  change(mutate: Parameters<typeof this.world.cluster.update>[1]): void {
    this.world.cluster.update(this.#rollout, mutate);
  }

  releaseFile(name: string, data: Readonly<Record<string, string>>): void {
    const ref = { kind: CONFIG_MAP, namespace: this.world.target.namespace, name };
    this.world.cluster.create(ref, {});
    this.world.cluster.update(ref, (object) => Object.assign(object, { data }));
  }

  /** The events that were written, as "Warning ReleaseNotStarted: text". */
  events(): readonly string[] {
    const all = this.world.cluster.listed('events', this.world.target.namespace) as unknown as Record<string, string>[];
    return all.map(({ type, reason, message }) => `${type} ${reason}: ${message}`);
  }

  get started() {
    return this.gateway.started;
  }

  /** The releases that were started, after the time in which a further one would have been. */
  async settled(ms = 300) {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return this.started;
  }

  async until(what: string, holds: () => boolean, withinMs = 8_000): Promise<void> {
    for (const end = Date.now() + withinMs; !holds(); await new Promise((resolve) => setTimeout(resolve, 5)))
      if (Date.now() > end) throw new Error(`${what}: not within ${withinMs} ms; ${this.events().join('; ')}`);
  }
}
