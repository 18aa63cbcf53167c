import { SluiceError } from '../domain/errors.ts';
import { parseReleaseId } from '../domain/release/target.ts';
import type { Command, CommandContext, CommandSettings, Permission, Touched } from './command.ts';

/** The permission that a caller of the command needs. */
export function permissionOf({ needs, kind }: Command): Permission {
  return needs ?? (kind === 'read' ? 'read' : 'operate');
}

/** The objects that a call touches. */
export async function touchedBy(
  command: Command,
  context: CommandContext,
  input: Readonly<Record<string, unknown>>,
): Promise<readonly Touched[]> {
  return command.touches ? command.touches(context, input) : namedIn(input);
}

interface Named {
  readonly cluster?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly route_name?: string;
  readonly target?: { readonly cluster?: string; readonly namespace?: string; readonly rollout?: string };
  readonly release_id?: string;
}

/** The objects that the common fields of an input name. An object without a namespace if there is none. */
function namedIn(input: Named): readonly Touched[] {
  const { cluster, namespace, name, route_name: route, target, release_id: id } = input;
  const release = id === undefined ? undefined : parseReleaseId(id);
  const found: Touched[] = [
    ...(namespace === undefined ? [] : [{ cluster, namespace, name: name ?? route }]),
    ...[target, release].flatMap((one) => (one ? [{ ...one, name: one.rollout }] : [])),
  ];
  return found.length > 0 ? found : [{ cluster }];
}

/**
 * Whether the caller may do this to these objects. A command that touches every namespace filters its answer with
 * `isAllowed`, which test/commands/access.test.ts proves. Errors: NAMESPACE_NOT_ALLOWED.
 */
export async function requireAccess(
  command: Command,
  context: CommandContext,
  input: Readonly<Record<string, unknown>>,
): Promise<void> {
  for (const { namespace } of await touchedBy(command, context, input)) requireNamespace(namespace, context.settings);
}

/** Errors: NAMESPACE_NOT_ALLOWED. Without a namespace there is nothing to refuse. */
export function requireNamespace(namespace: string | undefined, settings: CommandSettings): void {
  if (namespace === undefined || isAllowed(namespace, settings)) return;
  throw new SluiceError(
    'NAMESPACE_NOT_ALLOWED',
    `Namespace ${namespace} is not on the allow list: ${settings.allowedNamespaces.join(', ')}.`,
  );
}

export function isAllowed(namespace: string, { allowedNamespaces }: CommandSettings): boolean {
  return allowedNamespaces.length === 0 || allowedNamespaces.includes(namespace);
}
