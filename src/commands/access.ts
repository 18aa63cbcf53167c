import { principalOf, responsibleOf, type Caller } from '../domain/access/caller.ts';
import { decide, mayUse, type Decision, type Need, type Touched } from '../domain/access/decide.ts';
import type { Permission } from '../domain/access/permission.ts';
import { SluiceError } from '../domain/errors.ts';
import { parseReleaseId } from '../domain/release/target.ts';
import type { Command, CommandContext, CommandSettings } from './command.ts';

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
 * The context of a call that the caller may make. A command that touches every namespace filters its answer with
 * `isAllowed`, which test/commands/access.test.ts proves, so the allow list of the context is narrowed to what the
 * caller may see. Errors: PERMISSION_MISSING, ACCESS_DENIED, NAMESPACE_NOT_ALLOWED.
 */
export async function admitted(
  command: Command,
  context: CommandContext,
  input: Readonly<Record<string, unknown>>,
): Promise<CommandContext> {
  // What a call touches may have to be read, which is not done for a caller who may not use the tool at all.
  admit(context, { ...staticNeed(command), touched: [] });
  const touched = await touchedBy(command, context, input);
  const admittedContext = admit(context, { ...staticNeed(command), touched: orItsCluster(command, input, touched) });
  for (const { namespace } of touched) requireNamespace(namespace, context.settings);
  return admittedContext;
}

/** A read of a cluster that concerns none of its objects, such as the list of its kinds, still names the cluster. */
function orItsCluster(
  { input: schema, kind }: Command,
  { cluster }: Readonly<Record<string, unknown>>,
  touched: readonly Touched[],
): readonly Touched[] {
  if (touched.length > 0 || kind !== 'read' || !('cluster' in schema.shape)) return touched;
  return [{ cluster: typeof cluster === 'string' ? cluster : undefined }];
}

/** Whether lists show the command to the caller. What it touches is decided by each call. */
export function mayCall(command: Command, caller: Caller, { access }: Pick<CommandSettings, 'access'>): boolean {
  return mayUse(caller, staticNeed(command), access);
}

function staticNeed(command: Command): Omit<Need, 'touched'> {
  return { tool: command.name, toolset: command.toolset, permission: permissionOf(command) };
}

/** The context, narrowed to what the caller may see. Errors: PERMISSION_MISSING, ACCESS_DENIED. */
export function admit<C extends Pick<CommandContext, 'caller' | 'settings'>>(context: C, need: Need): C {
  const { caller, settings } = context;
  const decision = decide(caller, need, settings.access);
  if (!decision.allowed) throw refusal(caller, need, decision);
  if (!decision.namespaces) return context;
  const allowedNamespaces = decision.namespaces.filter((namespace) => isAllowed(namespace, settings));
  // An empty list would mean every namespace.
  if (allowedNamespaces.length === 0)
    throw refusal(caller, need, {
      allowed: false,
      why: 'no namespace of the rules is on the allow list of this server',
    });
  return { ...context, settings: { ...settings, allowedNamespaces } };
}

function refusal(caller: Caller, { tool }: Need, { why, lacks }: Extract<Decision, { allowed: false }>): SluiceError {
  const name = principalOf(responsibleOf(caller));
  if (lacks) return new SluiceError('PERMISSION_MISSING', `${upper(why)}.`, { details: { permission: lacks } });
  return new SluiceError('ACCESS_DENIED', `${name} may not do this with ${tool}: ${why}.`);
}

const upper = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

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
