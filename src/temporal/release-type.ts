import { getRelease, RELEASE_WORKFLOW } from '../../workflows/messages.ts';
import { SluiceError } from '../domain/errors.ts';
import type { ReleaseView } from '../domain/release/view.ts';
import type { WorkflowType, Workflows } from './workflows.ts';

/** The workflow type of releases. */
export const RELEASE: WorkflowType<ReleaseView> = { name: RELEASE_WORKFLOW, query: getRelease };

export type Releases = Workflows<ReleaseView>;

export function notFound(id: string): SluiceError {
  return new SluiceError('RELEASE_NOT_FOUND', `There is no release ${id}.`);
}
