import type { Touched } from '../domain/access/decide.ts';
import { admit, requireNamespace } from './access.ts';
import type { CommandContext } from './command.ts';
import type { ResourceKind } from './resource.ts';
import type { Toolset } from './toolset.ts';

type Context = Pick<CommandContext, 'caller' | 'settings'>;

/**
 * The context in which the caller may read the resource with these parts. Rules treat it as a read with a tool that has
 * the name of the scheme. Errors: PERMISSION_MISSING, ACCESS_DENIED, NAMESPACE_NOT_ALLOWED.
 */
export function admittedResource<C extends Context>(
  context: C,
  toolsets: readonly Toolset[],
  kind: ResourceKind,
  parts: readonly string[],
): C {
  const namespace = kind.namespace?.(parts);
  requireNamespace(namespace, context.settings);
  return admit(context, needOf(toolsets, kind, [placeOf(kind, parts, namespace)]));
}

/** The context in which the caller may list resources of a kind, or complete their addresses. Errors: as above. */
export function admittedKind<C extends Context>(
  context: C,
  toolsets: readonly Toolset[],
  kind: ResourceKind,
  cluster?: string,
): C {
  return admit(context, needOf(toolsets, kind, [{ cluster }]));
}

function needOf(toolsets: readonly Toolset[], kind: ResourceKind, touched: readonly Touched[]) {
  const toolset = toolsets.find(({ resources }) => resources.includes(kind))?.name ?? kind.scheme;
  const inCluster = kind.variables.includes('cluster');
  return { tool: kind.scheme, toolset, permission: 'read' as const, touched: inCluster ? touched : [] };
}

function placeOf({ variables }: ResourceKind, parts: readonly string[], namespace: string | undefined): Touched {
  const at = (name: string): string | undefined => parts[variables.indexOf(name)];
  return { cluster: at('cluster'), namespace, name: at('name') ?? at('rollout') };
}
