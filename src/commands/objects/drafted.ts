import { recordsAt, textAt, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { ObjectAt, ObjectWrite } from '../../ports/cluster-objects.ts';
import type { CommandContext } from '../command.ts';
import type { Draft } from './draft.ts';
import { located, objectText, type AskedObject } from './located.ts';

/** The change of one object that exists. Errors: those of `located`, OBJECT_NOT_FOUND. */
export async function drafted(
  context: CommandContext,
  asked: AskedObject,
  writeOf: (before: ApiObject, at: ObjectAt) => ObjectWrite | Promise<ObjectWrite>,
  verb = 'patch',
): Promise<readonly Draft[]> {
  const at = await located(context, asked, verb);
  const before = await context.ports.clusterObjects.read(at);
  return [{ at, before, write: await writeOf(before, at) }];
}

/** Kinds with pods of a template that a controller replaces one after the other. */
const ROLLED: readonly string[] = ['Deployment', 'StatefulSet', 'DaemonSet', 'Rollout'];

/** Errors: NOT_APPLICABLE. */
export function requireRolled({ kind, ...at }: ObjectAt): void {
  if (ROLLED.includes(kind.kind)) return;
  throw new SluiceError('NOT_APPLICABLE', `${objectText({ kind, ...at })} is not rolled out by a controller.`, {
    next: `Name a ${ROLLED.join(', ')}.`,
  });
}

/** The path of the container that a call names, as a JSON pointer. Errors: INVALID_INPUT. */
export function containerPointer(object: ApiObject, at: ObjectAt, asked: string | undefined): string {
  const path = ['spec', 'template', 'spec', 'containers'];
  const names = recordsAt(object, ...path).map((one) => textAt(one, 'name') ?? '');
  const wanted = asked ?? (names.length === 1 ? names[0] : undefined);
  const index = wanted === undefined ? -1 : names.indexOf(wanted);
  if (index >= 0) return `/${path.join('/')}/${index}`;
  throw new SluiceError(
    'INVALID_INPUT',
    `container: ${objectText(at)} ${asked === undefined ? 'has not exactly one container' : `has no container ${asked}`}.`,
    { next: names.length > 0 ? `Name one of ${names.join(', ')}.` : 'Choose a kind with a pod template.' },
  );
}
