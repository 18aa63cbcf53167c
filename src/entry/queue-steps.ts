import type { Settings } from '../config/schema.ts';
import { decide } from '../domain/access/decide.ts';
import { positionOf } from '../domain/release/queue.ts';
import type { QueueSteps } from '../ports/queue-steps.ts';
import type { ReleaseStarter } from '../ports/release-starter.ts';
import type { ReleaseGateway } from '../temporal/gateway.ts';
import { startOrQueue } from '../temporal/start-or-queue.ts';

/** How long the queue waits for the answer to an abort. The end of the run is awaited elsewhere. */
const ABORT_WAIT_MS = 3_000;

/** The steps of queues, with the rules of access of this worker. */
export function queueStepsOver(
  gateway: ReleaseGateway,
  { access, allowedNamespaces }: Pick<Settings, 'access' | 'allowedNamespaces'>,
): QueueSteps {
  return {
    lastRun: (release) => gateway.queues.lastRun(release),
    start: (input) => gateway.start(input),
    async abort(release, command) {
      await gateway.command(release, { name: 'abort', ...command }, ABORT_WAIT_MS);
    },
    refusalOf(caller, tool, { cluster, namespace, rollout }) {
      if (allowedNamespaces.length > 0 && !allowedNamespaces.includes(namespace))
        return `namespace ${namespace} is not on the allow list of the worker`;
      const touched = [{ cluster, namespace, name: rollout }];
      const decision = decide(caller, { tool, toolset: 'release', permission: 'operate', touched }, access);
      return decision.allowed ? undefined : `${caller.id} may no longer call ${tool}: ${decision.why}`;
    },
  };
}

/** The starter of the releases of schedules. */
export function starterOver(gateway: ReleaseGateway): ReleaseStarter {
  return {
    async start(input, caller) {
      const begun = await startOrQueue(gateway, input, caller, Date.now());
      if ('runId' in begun) return begun;
      const position = begun.view && positionOf(begun.view, input.requestId);
      return { id: begun.id, queued: true, ...(position !== undefined && { position }) };
    },
  };
}
