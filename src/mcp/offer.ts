import { offered } from '../commands/gate.ts';
import type { Command } from '../commands/command.ts';
import type { PromptKind } from '../commands/prompt.ts';
import type { ResourceKind } from '../commands/resource.ts';
import { commandsOf, offeredToolsets, toolsetsByDefault, type Toolset } from '../commands/toolset.ts';
import type { McpDeps } from './deps.ts';
import { createToolSearch, type Found, type ToolSearch } from './discovery/search-index.ts';
import { toTool } from './tool-list.ts';

/** Everything that callers of one gate are offered. */
export interface Offer {
  readonly deps: McpDeps;
  readonly toolsets: readonly Toolset[];
  /** The names of the toolsets whose tools are in the list when a client connects. */
  readonly listed: readonly string[];
  /** It includes the write tools that are off, so that a call of one is answered with the reason. */
  readonly catalogue: readonly Command[];
  /** Every tool that may be called, in the form of the list. */
  readonly tools: readonly Found[];
  /** Finds tools by words. Absent if all tools are in the list. */
  readonly search?: ToolSearch;
  readonly resources: readonly ResourceKind[];
  /** The prompts whose tools all belong to the toolsets of the gate. */
  readonly prompts: readonly PromptKind[];
}

export function createOffer(deps: McpDeps): Offer {
  const { gate } = deps;
  const toolsets = offeredToolsets(deps.toolsets, gate);
  const listed = toolsetsByDefault(deps.toolsets, gate).map(({ name }) => name);
  const catalogue = commandsOf(toolsets);
  const tools = offered(catalogue, gate).map((command) => ({ command, tool: toTool(command) }));
  const has = (name: string): boolean => toolsets.some((toolset) => toolset.name === name);
  return {
    deps,
    toolsets,
    listed,
    catalogue,
    tools,
    ...(listed.length < toolsets.length && { search: createToolSearch(tools, toolsets) }),
    resources: toolsets.flatMap(({ resources }) => resources),
    prompts: toolsets.flatMap(({ prompts }) => prompts.filter(({ needs = [] }) => needs.every(has))),
  };
}
