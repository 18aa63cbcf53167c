import type { ReleaseSpec } from '../domain/release/plan.ts';

/** Starts releases under the workflow ids of their targets. Errors: TARGET_BUSY, TEMPORAL_UNREACHABLE. */
export interface ReleaseStarter {
  start(input: {
    readonly spec: ReleaseSpec;
    readonly startedBy: string;
    readonly requestId: string;
  }): Promise<{ readonly id: string; readonly runId: string }>;
}
