import { TOOLSETS } from '../toolsets/index.ts';

const GROUPS = new Map(TOOLSETS.map(({ name, group = name }) => [name, group]));

/** The word of a toolset on the command line: `sluice <word> …`. */
export function groupOf(toolset: string): string {
  return GROUPS.get(toolset) ?? toolset;
}
