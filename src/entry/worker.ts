import { hostname } from 'node:os';
import { DefaultLogger, Runtime, Worker, type LogLevel, type WorkerDeploymentOptions } from '@temporalio/worker';
import { createActivities } from '../../activities/index.ts';
import { Recorder } from '../../activities/recorder.ts';
import { createJournal } from '../adapters/journal/index.ts';
import { createWindows } from '../adapters/windows/index.ts';
import { checkClusters } from '../clusters/check.ts';
import type { Settings } from '../config/schema.ts';
import { version } from '../config/version.ts';
import { SluiceError } from '../domain/errors.ts';
import { deploymentOf, workerIdentity } from '../domain/worker-build.ts';
import { createLog, type Log } from '../observability/log.ts';
import { createMetrics, workMetrics, type Metrics } from '../observability/metrics.ts';
import type { Dependency } from '../observability/readiness.ts';
import { recordMetrics } from '../observability/record-metrics.ts';
import { isTracing } from '../observability/tracing/spans.ts';
import type { WindowsPort } from '../ports/windows.ts';
import type { Worlds } from '../ports/world.ts';
import { loadStrategies } from '../strategies/index.ts';
import type { ReleaseGateway } from '../temporal/gateway.ts';
import { createTemporalGateway } from '../temporal/temporal-gateway.ts';
import { countedActivities } from './counted-activities.ts';
import { gatewayOptions } from './gateway-options.ts';
import { workerDeliveries } from './worker-deliveries.ts';
import { workerUpdates } from './worker-updates.ts';
import { queueStepsOver, starterOver } from './queue-steps.ts';
import { repairJournal } from './journal-repair.ts';
import { newsDeps } from './news-deps.ts';
import { startNews } from './news.ts';
import { clustersOf, sameClusterOver, worldsOver } from './ports.ts';
import { dependenciesOf, startStatus } from './status.ts';
import { takeNewWork } from './take-new-work.ts';
import { tracedActivities } from './traced-activities.ts';
import { connect, untilConnected, type Connected } from './worker-connection.ts';
import { runToTheEnd } from './worker-run.ts';
import { buildName, workflowBundle } from './workflow-bundle.ts';

/**
 * Time for running activities to reach a safe point when the worker stops. After that they are retried on another
 * worker.
 */
const GRACE = '5 seconds';
/** A worker that stops takes this long at most. The activities get GRACE of it. */
const END_MS = 30_000;

/**
 * A held release has one or two running activities all the time. With the SDK's default of 100 in total, the hundredth
 * release could not be shifted or rolled back.
 */
const ACTIVITIES = 1_000;

interface Running {
  /** Default: the clusters of the settings. */
  readonly worlds?: Worlds;
  /** Ends the wait for Temporal. A worker that runs is stopped by the signals of the process. */
  readonly stopped?: AbortSignal;
  readonly onReady?: () => void;
}

/**
 * Runs the worker until the process gets a stop signal. With a status port it waits for Temporal, and its page says so:
 * whoever starts it is then a supervisor. Errors: without a status port TEMPORAL_UNREACHABLE.
 */
export async function runWorker(settings: Settings, running: Running = {}): Promise<void> {
  const log = createLog(settings.logLevel);
  const metrics = createMetrics('worker', version());
  const gateway = createTemporalGateway(gatewayOptions(settings));
  const state: { worker?: Worker } = {};
  const closeStatus = await startStatus({
    ...{ settings, metrics, log },
    dependencies: async () => [...(await dependenciesOf(gateway, settings)), pollsBy(state)],
  });
  try {
    Runtime.install({ logger: new DefaultLogger(temporalLevel(settings.logLevel)) });
    const patient = settings.statusPort !== undefined;
    const connected = await (patient ? untilConnected(log, running.stopped) : connect());
    if (connected) await work({ settings, running, log, metrics, gateway, state, ...connected });
  } finally {
    await Promise.allSettled([closeStatus(), gateway.close()]);
  }
}

interface Work extends Connected {
  readonly settings: Settings;
  readonly running: Running;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly gateway: ReleaseGateway;
  readonly state: { worker?: Worker };
}

async function work({ settings, running, log, metrics, gateway, state, connection, namespace }: Work): Promise<void> {
  const worlds = running.worlds ?? worldsOver(clustersOf(settings), settings);
  const recorder: Recorder = new Recorder(
    createJournal(settings),
    log,
    recordMetrics(metrics, () => recorder.waiting),
  );
  const stopNews = startNews(newsDeps(settings), settings.news, log);
  const deliveries = workerDeliveries(settings);
  let stopUpdates = (): void => undefined;
  try {
    await loadStrategies();
    const build = await buildOf(settings);
    const worker = await Worker.create({
      connection,
      namespace,
      taskQueue: settings.taskQueue,
      identity: workerIdentity(version(), process.pid, hostname()),
      workflowBundle: { codePath: await workflowBundle(settings.home) },
      activities: createActivities(worlds, recorder, undefined, {
        starter: starterOver(gateway),
        queue: queueStepsOver(gateway, settings),
        windows: windowsOf(settings),
        steps: deliveries.steps,
      }),
      interceptors: {
        activity: [countedActivities(workMetrics(metrics).begin), ...(isTracing() ? [tracedActivities] : [])],
      },
      shutdownGraceTime: GRACE,
      maxConcurrentActivityTaskExecutions: ACTIVITIES,
      // An activity learns of its cancellation with its heartbeats. If they were throttled longer, an abort would wait
      // for them.
      maxHeartbeatThrottleInterval: '1 second',
      defaultHeartbeatThrottleInterval: '1 second',
      // Time after which the workflows of a killed worker are taken over.
      stickyQueueScheduleToStartTimeout: '3 seconds',
      ...(build !== undefined && { workerDeploymentOptions: pinnedTo(build, settings) }),
    });
    state.worker = worker;
    stopUpdates = workerUpdates({ settings, worlds, gateway, log });
    running.onReady?.();
    if (build !== undefined) void takeNewWork(gateway.builds, build, log);
    void warnOfClusters(settings, log);
    await withJournalRepair(settings, gateway, log, () => runToTheEnd(worker, END_MS));
  } finally {
    stopUpdates();
    const closing = [connection.close(), stopNews(), deliveries.close()];
    await Promise.allSettled(closing).finally(() => recorder.close());
  }
}

/** The build of this worker. Undefined without worker versioning. */
async function buildOf({ workerVersioning, workerBuild }: Settings): Promise<string | undefined> {
  return workerVersioning === 'off' ? undefined : (workerBuild ?? (await buildName()));
}

/** A run stays with the build that began it, also when it continues as new. */
const pinnedTo = (buildId: string, { taskQueue }: Settings): WorkerDeploymentOptions => ({
  version: { deploymentName: deploymentOf(taskQueue), buildId },
  useWorkerVersioning: true,
  defaultVersioningBehavior: 'PINNED',
});

/** The windows of the settings. Every name of a cluster counts as that cluster. */
function windowsOf(settings: Settings): WindowsPort {
  return createWindows(settings.windows, sameClusterOver(clustersOf(settings)));
}

/** Logs at once what is wrong with the configured clusters. The other clusters work meanwhile. */
async function warnOfClusters(settings: Settings, log: Log): Promise<void> {
  for (const { detail, next } of await checkClusters(clustersOf(settings), settings)) log.warn({ next }, detail);
}

/** Repairs the journal regularly while `work` runs. */
async function withJournalRepair(
  settings: Settings,
  gateway: ReleaseGateway,
  log: Log,
  work: () => Promise<void>,
): Promise<void> {
  const journal = createJournal(settings);
  const stop = repairJournal({
    gateway,
    journal,
    log,
    taskQueue: settings.taskQueue,
    retentionDays: Number.parseInt(settings.journalRetention, 10),
    now: Date.now,
  });
  try {
    await work();
  } finally {
    stop();
    await journal.close().catch(() => undefined);
  }
}

/** A worker that has started and polls for work. */
function pollsBy(state: { readonly worker?: Worker }): Dependency {
  return {
    name: 'worker',
    check: async () => {
      if (state.worker?.getState() !== 'RUNNING')
        throw new SluiceError('NO_ANSWER', 'The worker does not poll for work yet, or no longer.');
    },
  };
}

function temporalLevel(level: Settings['logLevel']): LogLevel {
  const levels = {
    trace: 'TRACE',
    debug: 'DEBUG',
    info: 'INFO',
    warn: 'WARN',
    error: 'ERROR',
    silent: 'ERROR',
  } as const;
  return levels[level];
}
