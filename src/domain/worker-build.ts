/** How Temporal regards a build of the worker. `inactive`: it never took new work. */
export type BuildState = 'inactive' | 'current' | 'ramping' | 'draining' | 'drained';

/** A build of the worker that has polled the task queue. */
export interface WorkerBuild {
  readonly build: string;
  readonly state: BuildState;
  /** Workers of the build that have polled recently. One that has just stopped is counted too. */
  readonly pollers: number;
  /** Open runs of Sluice that are tied to the build: releases, guards and deliveries. */
  readonly runs: readonly string[];
  /** When it was first seen, in epoch milliseconds. */
  readonly since?: number;
}

/** A worker that has polled the task queue recently. */
export interface PollingWorker {
  /** Empty without worker versioning. */
  readonly build: string;
  /** The version of Sluice. Absent for workers that do not say it: those of older versions. */
  readonly version?: string;
}

/** How a worker names itself to Temporal: its version, its process, and its host. */
export function workerIdentity(version: string, pid: number, host: string): string {
  return `sluice/${version} ${pid}@${host}`;
}

/** The version in the name of a worker, if there is one. */
export function versionIn(identity: string): { readonly version?: string } {
  const version = /^sluice\/(\S+) /.exec(identity)?.[1];
  return version === undefined ? {} : { version };
}

/** The characters of a build, so that it can be a part of a query and of a version of Temporal. */
export const BUILD_FORM = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** The name of the worker deployment in Temporal. It may not contain every character that a task queue may. */
export function deploymentOf(taskQueue: string): string {
  return taskQueue.replaceAll(/[^A-Za-z0-9_-]/g, '-');
}

/** Builds whose open runs no worker can carry on. */
export function abandoned(builds: readonly WorkerBuild[]): readonly WorkerBuild[] {
  return builds.filter(({ pollers, runs }) => pollers === 0 && runs.length > 0);
}
