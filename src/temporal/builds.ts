import type { WorkerBuild } from '../domain/worker-build.ts';

/** The builds of the worker, as Temporal's worker versioning has them. Errors: TEMPORAL_UNREACHABLE. */
export interface WorkerBuilds {
  /** The newest first. Empty where no worker with a build has polled the task queue. */
  list(): Promise<readonly WorkerBuild[]>;
  /** New work goes to the build from now on. Errors: BUILD_UNKNOWN, NO_ANSWER when none of its workers polls. */
  setCurrent(build: string, who: string): Promise<void>;
  /** Ties an open run to another build. Errors: RELEASE_NOT_FOUND. */
  move(id: string, build: string, who: string): Promise<void>;
}
