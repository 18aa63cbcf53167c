import { byName, type Joined } from '../domain/by-name.ts';
import { argoRollout } from './argo-rollout/index.ts';
import { flux } from './flux/index.ts';
import { helm } from './helm/index.ts';
import { mcpServer } from './mcp-server/index.ts';
import type { TargetKind } from './target-kind.ts';

/** Every kind of target. A release that names none uses the first. */
export const TARGETS = [argoRollout, mcpServer, helm(argoRollout), flux(argoRollout)] as const satisfies readonly [
  TargetKind,
  ...TargetKind[],
];

/** Errors: KIND_UNKNOWN. */
export function targetKind(name?: string): TargetKind {
  return byName<TargetKind>('kind of target', TARGETS, name);
}

type TargetTools = Joined<ReturnType<(typeof TARGETS)[number]['tools']>>;

/** The ports of all targets for single tools, merged. */
export function targetTools(...given: Parameters<TargetKind['tools']>): TargetTools {
  return Object.assign({}, ...TARGETS.map(({ tools }) => tools(...given))) as TargetTools;
}
