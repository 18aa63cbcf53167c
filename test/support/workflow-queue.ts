import { setTimeout as pause } from 'node:timers/promises';
import type { Worker, WorkerInterceptors } from '@temporalio/worker';
import { createActivities } from '../../activities/index.ts';
import type { Caller } from '../../src/domain/access/caller.ts';
import type { AccessRules } from '../../src/domain/access/rules.ts';
import type { QueueView } from '../../src/domain/release/queue.ts';
import type { ReleaseView } from '../../src/domain/release/view.ts';
import { queueStepsOver, starterOver } from '../../src/entry/queue-steps.ts';
import type { ReleaseGateway, StartedRelease } from '../../src/temporal/gateway.ts';
import { startOrQueue, type QueuedRelease } from '../../src/temporal/start-or-queue.ts';
import { createTemporalGateway, type GatewayOptions } from '../../src/temporal/temporal-gateway.ts';
import type { ReleaseInput } from '../../workflows/messages.ts';
import type { TestTemporal } from './temporal.ts';
import { ReleaseUnderTest, type Scenario } from './workflow-release.ts';

export const ADA: Caller = {
  id: 'cli:ada',
  kind: 'cli',
  identity: { kind: 'person', issuer: 'os', subject: 'ada', name: 'ada' },
};

interface Interceptors {
  readonly client?: GatewayOptions['interceptors'];
  readonly worker?: WorkerInterceptors;
}

/** A target whose releases may wait, with a worker that can be stopped and started again. */
export class QueueStage {
  readonly release: ReleaseUnderTest;
  readonly gateway: ReleaseGateway;
  readonly id: string;
  /** The rules of access of the worker. */
  access: AccessRules | undefined;
  private running: { readonly worker: Worker; readonly done: Promise<void> } | undefined;

  private readonly workerInterceptors: WorkerInterceptors;

  constructor(temporal: TestTemporal, scenario: Scenario = {}, interceptors: Interceptors = {}) {
    this.release = new ReleaseUnderTest(temporal, scenario);
    this.id = this.release.id;
    const { address } = temporal;
    const settings = { address, namespace: 'default', connectionOptions: { address } };
    this.workerInterceptors = interceptors.worker ?? {};
    this.gateway = createTemporalGateway({
      ...{ temporal: async () => settings, taskQueue: this.release.taskQueue },
      ...(interceptors.client && { interceptors: interceptors.client }),
    });
  }

  async work(): Promise<void> {
    const { gateway, access } = this;
    const worker = await this.release.worker({
      activities: createActivities(this.release.world.worlds, this.release.recorder, undefined, {
        windows: this.release.windows,
        starter: starterOver(gateway),
        queue: queueStepsOver(gateway, { allowedNamespaces: [], ...(access && { access }) }),
      }),
      interceptors: this.workerInterceptors,
      shutdownGraceTime: '1 second',
      stickyQueueScheduleToStartTimeout: '1 second',
    });
    this.running = { worker, done: worker.run() };
  }

  async rest(): Promise<void> {
    this.running?.worker.shutdown();
    await this.running?.done;
    this.running = undefined;
  }

  input(version: string, whenBusy?: 'queue' | 'supersede', more: Partial<ReleaseInput['spec']> = {}): ReleaseInput {
    const { input } = this.release;
    const spec = { ...input.spec, image: `shop:${version}`, ...(whenBusy && { whenBusy }), ...more };
    return { ...input, spec, startedBy: ADA.id, requestId: `start-${version}` };
  }

  start(...[version, whenBusy, more]: Parameters<QueueStage['input']>): Promise<StartedRelease | QueuedRelease> {
    return startOrQueue(this.gateway, this.input(version, whenBusy, more), ADA, Date.now());
  }

  /** Waits until the latest release is as wanted. */
  async until(what: string, wanted: (view: ReleaseView) => boolean, runId?: string): Promise<ReleaseView> {
    return until(what, () => this.gateway.get(this.id, runId), wanted);
  }

  async untilQueue(what: string, wanted: (view: QueueView | undefined) => boolean): Promise<QueueView | undefined> {
    return until(what, () => this.gateway.queues.get(this.id), wanted);
  }

  async close(): Promise<void> {
    const { client } = this.release.temporal;
    for (const id of [this.id, this.id.replace('release/', 'queue/'), this.id.replace('release/', 'guard/')])
      await client.workflow
        .getHandle(id)
        .terminate('end')
        .catch(() => undefined);
    await this.rest();
    await this.gateway.close();
    this.release.world.stop();
  }
}

async function until<T>(what: string, read: () => Promise<T>, wanted: (seen: T) => boolean): Promise<T> {
  let last: unknown;
  for (const end = Date.now() + 90_000; Date.now() < end; await pause(100)) {
    try {
      const seen = await read();
      last = seen;
      if (wanted(seen)) return seen;
    } catch (error) {
      last = error;
    }
  }
  throw new Error(
    `${what}: not within 90 s; last seen: ${last instanceof Error ? last.message : JSON.stringify(last)}`,
  );
}

export const waits = (view: QueueView | undefined): string =>
  (view?.waiting ?? []).map(({ input }) => input.spec.image.replace('shop:', '')).join(' ');
