import type { Tool } from '@modelcontextprotocol/server';
import type { Command } from '../commands/command.ts';
import { offered } from '../commands/gate.ts';
import type { PromptKind } from '../commands/prompt.ts';
import type { ResourceKind } from '../commands/resource.ts';
import { commandsOf, toolsetsByDefault, type Toolset } from '../commands/toolset.ts';
import type { McpDeps } from './deps.ts';
import { toTool } from './tool-list.ts';

/** Everything that callers of one gate are offered. */
export interface Offer {
  readonly deps: McpDeps;
  readonly toolsets: readonly Toolset[];
  /** It includes the write tools that are off, so that a call of one is answered with the reason. */
  readonly catalogue: readonly Command[];
  readonly tools: readonly Tool[];
  readonly resources: readonly ResourceKind[];
  /** The prompts whose tools all belong to the toolsets of the gate. */
  readonly prompts: readonly PromptKind[];
}

export function createOffer(deps: McpDeps): Offer {
  const { gate } = deps;
  const toolsets = toolsetsByDefault(deps.toolsets, gate);
  const catalogue = commandsOf(toolsets);
  const has = (name: string): boolean => toolsets.some((toolset) => toolset.name === name);
  return {
    deps,
    toolsets,
    catalogue,
    tools: offered(catalogue, gate).map(toTool),
    resources: toolsets.flatMap(({ resources }) => resources),
    prompts: toolsets.flatMap(({ prompts }) => prompts.filter(({ needs = [] }) => needs.every(has))),
  };
}
