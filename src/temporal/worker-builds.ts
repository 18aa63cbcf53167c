import type { Connection } from '@temporalio/client';
import { SluiceError } from '../domain/errors.ts';
import { deploymentOf, type BuildState } from '../domain/worker-build.ts';
import type { WorkerBuilds } from './builds.ts';
import type { TemporalLink } from './connection.ts';
import { isMissing, isRefusedNow } from './failure.ts';
import { recentPollers } from './pollers.ts';
import { literal } from './visibility.ts';

/** temporal.api.enums.v1.WorkerDeploymentVersionStatus */
const STATES: Readonly<Record<number, BuildState>> = {
  1: 'inactive',
  2: 'current',
  3: 'ramping',
  4: 'draining',
  5: 'drained',
};

const PINNED = 1;
/** Runs of one build that are named. */
const NAMED = 200;

export function createWorkerBuilds(link: TemporalLink, taskQueue: string): WorkerBuilds {
  const deploymentName = deploymentOf(taskQueue);
  return {
    async list() {
      const known = await summaries(link, deploymentName);
      const pollers = known.length > 0 ? await recentPollers(link, taskQueue) : [];
      return Promise.all(
        known.map(async ({ build, state, since }) => ({
          ...{ build, state, since },
          pollers: pollers.filter((one) => one === build).length,
          runs: await openRuns(link, `${deploymentName}:${build}`),
        })),
      );
    },
    async setCurrent(build, who) {
      const known = await summaries(link, deploymentName);
      if (!known.some((one) => one.build === build)) throw unknown(build, known);
      await link.call((_, connection) => makeCurrent(connection, link, { deploymentName, buildId: build, who }));
    },
    async move(id, build, who) {
      const known = await summaries(link, deploymentName);
      if (!known.some((one) => one.build === build)) throw unknown(build, known);
      const { namespace } = await link.settings();
      await link.call((_, { workflowService }) =>
        workflowService
          .updateWorkflowExecutionOptions({
            namespace,
            identity: who,
            workflowExecution: { workflowId: id },
            workflowExecutionOptions: {
              versioningOverride: { pinned: { behavior: PINNED, version: { deploymentName, buildId: build } } },
            },
            updateMask: { paths: ['versioning_override'] },
          })
          .catch((error: unknown) => {
            throw isMissing(error) ? new SluiceError('RELEASE_NOT_FOUND', `No run of ${id} is open.`) : error;
          }),
      );
    },
  };
}

interface Known {
  readonly build: string;
  readonly state: BuildState;
  readonly since: number;
}

async function summaries(link: TemporalLink, deploymentName: string): Promise<readonly Known[]> {
  const { namespace } = await link.settings();
  const { workerDeploymentInfo: info } = await link.call((_, { workflowService }) =>
    workflowService
      .describeWorkerDeployment({ namespace, deploymentName })
      .catch((error: unknown) => (isMissing(error) ? { workerDeploymentInfo: null } : Promise.reject(error as Error))),
  );
  return (info?.versionSummaries ?? [])
    .map(({ deploymentVersion, status, createTime }) => ({
      build: deploymentVersion?.buildId ?? '',
      state: STATES[Number(status)] ?? 'inactive',
      since: Number(createTime?.seconds ?? 0) * 1_000,
    }))
    .toSorted((a, b) => b.since - a.since);
}

async function makeCurrent(
  { workflowService }: Connection,
  link: TemporalLink,
  { deploymentName, buildId, who }: { deploymentName: string; buildId: string; who: string },
): Promise<void> {
  const { namespace } = await link.settings();
  try {
    await workflowService.setWorkerDeploymentCurrentVersion({ namespace, deploymentName, buildId, identity: who });
  } catch (error) {
    // The server refuses a build whose workers do not poll every task queue that the present one polls.
    if (isRefusedNow(error))
      throw new SluiceError(
        'NO_ANSWER',
        `No worker of the build ${buildId} polls the task queue: ${messageOf(error)}`,
        {
          next: 'Start a worker of that build, then repeat the call.',
        },
      );
    throw error;
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function unknown(build: string, known: readonly Known[]): SluiceError {
  const names = known.map((one) => one.build).join(', ');
  return new SluiceError(
    'BUILD_UNKNOWN',
    `No worker has the build ${build}.${names ? ` The builds are ${names}.` : ''}`,
  );
}

/** Ids of the open runs that are tied to a version, at most NAMED. From the visibility store, up to a second late. */
async function openRuns(link: TemporalLink, version: string): Promise<readonly string[]> {
  const ids: string[] = [];
  await link.call(async (client) => {
    const query = `TemporalWorkerDeploymentVersion = ${literal(version)} AND ExecutionStatus IN ('Running', 'Paused')`;
    for await (const { workflowId } of client.workflow.list({ query, pageSize: NAMED })) {
      ids.push(workflowId);
      if (ids.length >= NAMED) break;
    }
  });
  return ids;
}
