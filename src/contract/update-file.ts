import type { ReleaseSpec } from '../domain/release/plan.ts';
import type { Target } from '../domain/release/target.ts';
import type { NamedVersion } from '../domain/updates/version.ts';
import { invalidInput, type Problem } from './parse.ts';
import { parseReleaseFile, releaseFile } from './release-file.ts';
import { joiningStrategy } from '../strategies/index.ts';
import { toReleaseSpec, type ReleaseDefaults } from './release-spec.ts';

const COMES = 'the update has come already, and the release joins it';

/** Fields of a release file that the release of an update does not have, and why. */
const FOREIGN: Readonly<Record<string, string>> = {
  target: 'leave it out: the target is the Rollout that was updated',
  image: 'leave it out: the image is that of the update',
  images: 'leave it out: the images are those of the update',
  template: 'leave it out: the template is that of the update',
  approval: `leave it out: ${COMES}. Name people in approvals for its steps`,
  approvers: `leave it out: ${COMES}. Name people in approvals for its steps`,
  when_busy: 'leave it out: an update waits for the release before it',
  helm: `leave it out: ${COMES}`,
  flux: `leave it out: ${COMES}`,
  target_kind: 'leave it out: the target is a Rollout',
};

export interface UpdatedTarget extends NamedVersion {
  readonly target: Target;
}

/** The container that the document names. The document need not be valid. */
export function namedContainer(document: unknown): string | undefined {
  const { container } = fieldsOf(document);
  return typeof container === 'string' ? container : undefined;
}

/**
 * The release of an update. `document`: the other fields of its release file. Errors: INVALID_INPUT and UNKNOWN_NAME,
 * with all faults.
 */
export function updateSpec(
  document: unknown,
  { target, container, image }: UpdatedTarget,
  defaults: ReleaseDefaults,
): ReleaseSpec {
  const fields = fieldsOf(document);
  const { name: strategy } = joiningStrategy();
  const problems = problemsOf(document, strategy);
  if (problems.length > 0) throw invalidInput(problems);
  const { cluster, ...place } = target;
  const whole = { ...fields, target: place, strategy, container, image };
  return toReleaseSpec(parseReleaseFile(releaseFile, whole, defaults.defaultStrategy), cluster, defaults);
}

function problemsOf(document: unknown, strategy: string): readonly Problem[] {
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    return [{ path: '', message: 'it must have the fields of a release file' }];
  const fields = fieldsOf(document);
  const foreign = Object.keys(fields).filter((name) => Object.hasOwn(FOREIGN, name));
  const other = fields['strategy'] !== undefined && fields['strategy'] !== strategy;
  return [
    ...foreign.map((path) => ({ path, message: FOREIGN[path] as string })),
    ...(other ? [{ path: 'strategy', message: `must be ${strategy}, or left out: ${COMES}` }] : []),
  ];
}

function fieldsOf(document: unknown): Readonly<Record<string, unknown>> {
  return typeof document === 'object' && document !== null ? (document as Record<string, unknown>) : {};
}
