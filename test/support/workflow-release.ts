import { setTimeout as pause } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { Worker, type WorkerOptions } from '@temporalio/worker';
import { createActivities } from '../../activities/index.ts';
import { Recorder } from '../../activities/recorder.ts';
import type { CommandName, CommandOutcome } from '../../src/domain/release/command.ts';
import { releaseId } from '../../src/domain/release/target.ts';
import type { ReleaseResult, ReleaseView } from '../../src/domain/release/view.ts';
import { createLog } from '../../src/observability/log.ts';
import { isTimeout } from '../../src/temporal/failure.ts';
import {
  commandSignals,
  commandUpdates,
  getRelease,
  RELEASE_WORKFLOW,
  type CommandMessage,
  type ReleaseInput,
} from '../../workflows/messages.ts';
import { releaseSpec, type SpecChanges } from './builders.ts';
import { createFakeJournal } from './fake-journal.ts';
import { createFakeWindows } from './fake-windows.ts';
import { createFakeWorld, type FakeWorld, type FakeWorldOptions } from './fake-world.ts';
import type { Strategy } from './fake-world-options.ts';
import type { TestTemporal } from './temporal.ts';
import { recordHistory } from './workflow-history.ts';

export interface Scenario {
  readonly world?: FakeWorldOptions;
  readonly spec?: SpecChanges;
  /** Name under which the history is stored for replay, when histories are recorded. */
  readonly record?: string;
  /** Runs before the release is started, without a time limit. */
  readonly beforeStart?: (release: ReleaseUnderTest) => Promise<void>;
  /** Changes the release before its start. */
  readonly prepare?: (release: ReleaseUnderTest) => void;
}

let count = 0;

/** One release of a separate target, on a separate task queue and over a separate world. */
export class ReleaseUnderTest {
  readonly world: FakeWorld;
  readonly input: ReleaseInput;
  readonly taskQueue: string;
  readonly temporal: TestTemporal;
  readonly journal = createFakeJournal();
  readonly windows = createFakeWindows();
  readonly recorder = new Recorder(this.journal, createLog('silent'));
  handle: WorkflowHandle;

  constructor(temporal: TestTemporal, { world = {}, spec = {} }: Scenario) {
    const name = `r${process.pid}x${(count += 1)}`;
    const strategy = spec.strategy ?? world.strategy ?? 'canary';
    this.world = createFakeWorld({
      image: 'shop:v1',
      speed: 100,
      steps: ONE_STEP,
      target: { cluster: 'dev', namespace: 'shop', rollout: name },
      ...world,
      strategy: world.strategy ?? (strategy as Strategy),
    });
    const blueGreen = strategy === 'blue-green' ? { steps: [100] } : {};
    this.input = {
      spec: releaseSpec({ strategy, ...blueGreen, ...spec, target: this.world.target }),
      startedBy: 'tester',
      requestId: `start-${name}`,
    };
    this.taskQueue = name;
    this.temporal = temporal;
    this.handle = temporal.client.workflow.getHandle(this.id);
  }

  get id(): string {
    return releaseId(this.world.target);
  }

  async start(): Promise<void> {
    const options = {
      workflowId: this.id,
      taskQueue: this.taskQueue,
      args: [this.input],
      workflowIdConflictPolicy: 'FAIL',
    } as const;
    const started = await this.temporal.client.workflow.start(RELEASE_WORKFLOW, options);
    this.handle = this.temporal.client.workflow.getHandle(this.id, started.firstExecutionRunId);
  }

  /** `options`: instead of the usual ones. */
  worker(options: Partial<WorkerOptions> = {}): Promise<Worker> {
    const beat = { maxHeartbeatThrottleInterval: '100ms', defaultHeartbeatThrottleInterval: '100ms' } as const;
    const { connection, codePath } = this.temporal;
    return Worker.create({
      connection,
      taskQueue: this.taskQueue,
      identity: 'test',
      workflowBundle: { codePath },
      activities: createActivities(this.world.worlds, this.recorder, undefined, { windows: this.windows }),
      ...beat,
      ...options,
    });
  }

  view(): Promise<ReleaseView> {
    return this.handle.query(getRelease);
  }

  /** Waits for a state, or until `wanted` accepts the view. */
  async until(
    wanted: ReleaseView['state'] | ((view: ReleaseView) => boolean),
    withinMs = 180_000,
  ): Promise<ReleaseView> {
    const met = typeof wanted === 'string' ? (view: ReleaseView) => view.state === wanted : wanted;
    const deadline = Date.now() + withinMs;
    for (;;) {
      const view = await this.#viewSoon(deadline);
      if (view && met(view)) return view;
      if (Date.now() > deadline)
        throw new Error(`${String(wanted)} not within ${withinMs} ms:\n${view ? story(view) : 'no answer'}`);
      await pause(LOOK_MS);
    }
  }

  /** Undefined: the worker had no time for the query. That is no failure on a busy machine. */
  async #viewSoon(deadline: number): Promise<ReleaseView | undefined> {
    try {
      return await this.view();
    } catch (error) {
      if (!isTimeout(error) || Date.now() > deadline) throw error;
      return undefined;
    }
  }

  async update(name: CommandName, message: Partial<CommandMessage> = {}): Promise<CommandOutcome> {
    return this.handle.executeUpdate(commandUpdates[name], { args: [this.message(message)] });
  }

  async signal(name: CommandName, message: Partial<CommandMessage> = {}): Promise<void> {
    await this.handle.signal(commandSignals[name], this.message(message));
  }

  message(message: Partial<CommandMessage>): CommandMessage {
    return { requestId: `c${(count += 1)}`, who: 'ann', ...message };
  }

  ended(): Promise<ReleaseResult> {
    return this.handle.result() as Promise<ReleaseResult>;
  }

  async events(): Promise<number> {
    return (await this.handle.describe()).historyLength;
  }
}

const LOOK_MS = 40;
/** Longer than any release on a busy machine. A test that hangs reports where it hung. */
const BODY_MS = 240_000;
/** For jest.setTimeout. It is longer, so that the harness reports before Jest does. */
export const TEST_MS = 300_000;
export const ONE_STEP = [{ setWeight: 25 }, { pause: {} }];
export const TWO_STEPS = [{ setWeight: 10 }, { pause: {} }, { setWeight: 50 }, { pause: {} }];

function story(view: ReleaseView): string {
  return [`${view.state}: ${view.reason}`, ...view.events.map((event) => `  ${event.state}: ${event.text}`)].join('\n');
}

/** The activities that the run waits for, and why their last try failed. */
async function pending({ handle }: ReleaseUnderTest): Promise<string[]> {
  const { raw } = await handle.describe();
  return (raw.pendingActivities ?? []).map(
    ({ activityType, attempt, lastFailure }) =>
      `  waits for ${activityType?.name}, try ${attempt}: ${lastFailure?.message ?? 'no failure yet'}`,
  );
}

type Body = (release: ReleaseUnderTest) => Promise<void>;

async function tooLong(release: ReleaseUnderTest, over: AbortSignal): Promise<never> {
  await pause(BODY_MS, undefined, { signal: over });
  const lines = [story(await release.view()), ...(await pending(release))];
  throw new Error(`the release went on for ${BODY_MS} ms:\n${lines.join('\n')}`);
}

/**
 * Starts the release and a worker, runs `body`, stops the worker, and runs `withoutWorker`. Removes everything
 * afterwards, and terminates a release that is still open.
 */
export async function withRelease(
  temporal: TestTemporal,
  scenario: Scenario,
  body: Body,
  withoutWorker?: Body,
): Promise<void> {
  const release = new ReleaseUnderTest(temporal, scenario);
  scenario.prepare?.(release);
  const worker = await release.worker();
  const over = new AbortController();
  try {
    await scenario.beforeStart?.(release);
    await release.start();
    await worker.runUntil(() => Promise.race([body(release), tooLong(release, over.signal)]));
    await withoutWorker?.(release);
    if (scenario.record) await recordHistory(scenario.record, release.handle);
  } finally {
    over.abort();
    await release.handle.terminate('end of the test').catch(() => undefined);
    release.world.stop();
  }
}
