import type { Tool } from '@modelcontextprotocol/server';
import { offered } from '../commands/gate.ts';
import type { McpDeps } from './deps.ts';
import { promptsOf } from './prompts/index.ts';
import type { PromptKind } from './prompts/kind.ts';
import { kindsOf } from './resources/index.ts';
import type { ResourceKind } from './resources/kind.ts';
import { toTool } from './tool-list.ts';
import { toolsetsOf } from './toolsets.ts';

/**
 * All that callers of one gate are offered. The catalogue keeps the write tools that are off: a call of one is told
 * why.
 */
export interface Offer {
  readonly deps: McpDeps;
  readonly tools: readonly Tool[];
  readonly resources: readonly ResourceKind[];
  readonly prompts: readonly PromptKind[];
}

export function createOffer(deps: McpDeps): Offer {
  const { gate } = deps;
  const sets = toolsetsOf(gate);
  const catalogue = deps.catalogue.filter(({ toolset }) => sets.includes(toolset));
  return {
    deps: { ...deps, catalogue },
    tools: offered(catalogue, gate).map(toTool),
    resources: kindsOf(gate),
    prompts: promptsOf(gate),
  };
}
