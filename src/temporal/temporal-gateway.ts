import type { WorkflowClientInterceptor } from '@temporalio/client';
import type { TemporalSettings } from '../config/temporal.ts';
import { createLink } from './connection.ts';
import { createDeliveries } from './create-deliveries.ts';
import type { ReleaseGateway } from './gateway.ts';
import { GUARD, guardOf, isClosedError, sendToGuard, withGuards } from './guards.ts';
import { recentWorkers } from './pollers.ts';
import { getRelease } from './get-release.ts';
import { listReleases } from './list-releases.ts';
import { ownsStill } from './owns-still.ts';
import { RELEASE } from './release-type.ts';
import { createQueues } from './create-queues.ts';
import { createSchedules } from './schedules.ts';
import { sendToRelease } from './send-to-release.ts';
import { admit, startRelease } from './start-release.ts';
import { createWorkerBuilds } from './worker-builds.ts';
import { workflows } from './workflows.ts';

export interface GatewayOptions {
  readonly temporal: () => Promise<TemporalSettings>;
  readonly taskQueue: string;
  /** Address of the HTTP server, which the releases that are started here name for their report. */
  readonly server?: string;
  /** They see every message to a workflow. */
  readonly interceptors?: readonly WorkflowClientInterceptor[];
}

/** The gateway on a real Temporal server. Connects at the first call. */
export function createTemporalGateway({ temporal, taskQueue, server, interceptors }: GatewayOptions): ReleaseGateway {
  const link = createLink(temporal, interceptors);
  const releases = workflows(link, taskQueue, RELEASE);
  const guards = workflows(link, taskQueue, GUARD);
  return {
    async probe() {
      const { address, namespace } = await link.settings();
      const workers = await recentWorkers(link, taskQueue);
      return { address, namespace, taskQueue, pollers: workers.length, workers };
    },
    admit: (id, requestId) => admit(releases, id, requestId),
    start: (input) => startRelease(link, releases, server === undefined ? input : { ...input, server }),
    async command(id, command, waitMs) {
      try {
        return await sendToRelease({ link, releases, taskQueue, id, command, waitMs });
      } catch (error) {
        const taken = isClosedError(error) ? await sendToGuard(link, guards, id, command, waitMs) : undefined;
        if (taken) return taken;
        throw error;
      }
    },
    get: (id, runId) => getRelease(link, releases, taskQueue, id, runId),
    queues: createQueues(link, releases, taskQueue),
    schedules: createSchedules(link, taskQueue),
    deliveries: createDeliveries(link, taskQueue),
    builds: createWorkerBuilds(link, taskQueue),
    guard: (id) => guardOf(guards, id),
    list: async (filter) => withGuards(guards, await listReleases(releases, filter)),
    owns: (owner) => ownsStill(releases, owner),
    close: () => link.close(),
  };
}
