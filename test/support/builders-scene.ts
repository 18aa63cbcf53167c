import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createActivities, type Activities } from '../../activities/index.ts';
import type { Watch } from '../../activities/guard.ts';
import type { Runs } from '../../activities/runs.ts';
import type { Scene } from '../../src/domain/release/scene.ts';
import type { ReleaseSpec } from '../../src/domain/release/plan.ts';
import { releaseId, type Owner } from '../../src/domain/release/target.ts';
import { releaseSpec, type SpecChanges } from './builders.ts';
import { createFakeWorld, type FakeWorld, type FakeWorldOptions } from './fake-world.ts';

/** Discards log output, because the failures that tests provoke would hide a real one. */
export function quietEnvironment(): MockActivityEnvironment {
  return new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
}

/** The activities of one release over a separate world. Each runs as under Temporal, but without Temporal. */
export class Stage {
  readonly world: FakeWorld;
  readonly spec: ReleaseSpec;
  readonly owner: Owner;
  readonly activities: Activities;
  /** Simulates Temporal's record of runs: every attempt is current, and no run has ended unless a test adds its id. */
  readonly endedRuns = new Set<string>();
  wanted = true;
  /** Run ids of the releases that ended the guard of their target. */
  readonly endedGuards: string[] = [];
  readonly runs: Runs = {
    hasEnded: async ({ runId }) => this.endedRuns.has(runId),
    isWanted: async () => this.wanted,
    viewOf: async () => undefined,
    endGuard: async (_target, { runId }) => void this.endedGuards.push(runId),
  };
  #scene!: Scene;
  #epoch = 0;

  constructor(world: FakeWorldOptions = {}, spec: SpecChanges = {}) {
    const strategy = world.strategy ?? 'canary';
    this.world = createFakeWorld({ image: 'shop:v1', speed: 100, ...world, strategy });
    this.spec = releaseSpec({
      strategy,
      target: this.world.target,
      ...(strategy === 'blue-green' ? { steps: [20, 100] } : {}),
      ...spec,
    });
    this.owner = { releaseId: releaseId(this.world.target), runId: 'run-1' };
    this.activities = createActivities(this.world.worlds, undefined, this.runs);
  }

  /** The scene of the next act. Each read has a higher epoch, as in the workflow. */
  get scene(): Scene {
    return { ...this.#scene, owner: this.#nextOwner() };
  }

  set scene(scene: Scene) {
    this.#scene = scene;
  }

  #nextOwner(): Owner {
    return { ...this.owner, epoch: (this.#epoch += 1) };
  }

  /** Runs an activity in a new environment. A cancelled activity stays cancelled. */
  run<Name extends keyof Activities>(
    name: Name,
    ...input: Parameters<Activities[Name]>
  ): Promise<Awaited<ReturnType<Activities[Name]>>> {
    return this.in(quietEnvironment(), name, ...input);
  }

  in<Name extends keyof Activities>(
    environment: MockActivityEnvironment,
    name: Name,
    ...input: Parameters<Activities[Name]>
  ): Promise<Awaited<ReturnType<Activities[Name]>>> {
    const activity = this.activities[name] as (
      ...args: Parameters<Activities[Name]>
    ) => Promise<Awaited<ReturnType<Activities[Name]>>>;
    return environment.run(activity, ...input);
  }

  /** The stage after preflight: the plan is known and the marks are set. */
  async planned(): Promise<this> {
    const { plan, checks } = await this.run('preflight', { spec: this.spec, owner: this.#nextOwner() });
    if (!plan)
      throw new Error(
        `preflight: ${checks
          .filter(({ ok }) => !ok)
          .map(({ detail }) => detail)
          .join('; ')}`,
      );
    this.scene = { target: this.spec.target, strategy: this.spec.strategy, plan, owner: this.owner };
    return this;
  }

  /** The stage with the new version running at the weight of step `index`. */
  async atStep(index = 0): Promise<this> {
    await this.planned();
    const started = await this.run('start', this.scene);
    if (started.kind !== 'ready') throw new Error(started.detail);
    this.scene = { ...this.scene, newHash: started.newHash };
    for (let step = 0; step <= index; step += 1) await this.run('shift', { scene: this.scene, index: step });
    await this.run('verify', { scene: this.scene, wanted: this.weight(index) });
    return this;
  }

  weight(index: number): number {
    return this.#scene.plan.steps[index]?.weight as number;
  }

  watch(index = 0): Watch & { from: number } {
    return { scene: this.scene, limits: this.spec.analysis, from: this.world.now(), wanted: this.weight(index), index };
  }
}

/** Passes the stage to `body` and stops its world afterwards. */
export async function onStage(stage: Stage, body: (stage: Stage) => Promise<void>): Promise<void> {
  try {
    await body(stage);
  } finally {
    stage.world.stop();
  }
}
