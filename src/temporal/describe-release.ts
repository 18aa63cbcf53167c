import type { WorkflowExecutionDescription } from '@temporalio/client';
import { SluiceError } from '../domain/errors.ts';
import type { TemporalLink } from './connection.ts';
import { isMissing } from './failure.ts';

/** Temporal's record of the latest run of a release; undefined when there has been none. */
export async function describeRelease(
  link: TemporalLink,
  id: string,
  limitMs?: number,
): Promise<WorkflowExecutionDescription | undefined> {
  return link.call(
    (client) =>
      client.workflow
        .getHandle(id)
        .describe()
        .catch((error: unknown) => (isMissing(error) ? undefined : Promise.reject(error as Error))),
    limitMs,
  );
}

export function notFound(id: string): SluiceError {
  return new SluiceError('RELEASE_NOT_FOUND', `There is no release ${id}.`);
}
