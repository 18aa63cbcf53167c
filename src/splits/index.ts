import type { ClusterSettings } from '../config/schema.ts';
import { byName, type Joined } from '../domain/by-name.ts';
import { argoStatus } from './argo-status/index.ts';
import { mcpGateway } from './mcp-gateway/index.ts';
import type { SplitKind } from './split-kind.ts';
import { traefik } from './traefik/index.ts';

/** Every split. A release that names none uses the first. */
export const SPLITS = [traefik, mcpGateway, argoStatus] as const satisfies readonly [SplitKind, ...SplitKind[]];

/** Errors: KIND_UNKNOWN. */
export function splitKind(name?: string): SplitKind {
  return byName<SplitKind>('split', SPLITS, name);
}

type SplitTools = Joined<ReturnType<(typeof SPLITS)[number]['tools']>>;

/** The ports of all splits for single tools, merged. */
export function splitTools(...given: Parameters<SplitKind['tools']>): SplitTools {
  return Object.assign({}, ...SPLITS.map(({ tools }) => tools(...given))) as SplitTools;
}

/** Namespaces of pods that are reached through the API server. */
export function podNamespaces(settings: Partial<ClusterSettings>): readonly string[] {
  return SPLITS.flatMap(({ podNamespace }) => podNamespace(settings) ?? []);
}
