import type { Command } from '../../commands/command.ts';
import type { ListedTools } from '../listed-tools.ts';
import type { ToolSearch } from './search-index.ts';
import { toolsLoad } from './tools-load.ts';
import { toolsSearch } from './tools-search.ts';

/** The tools that find and add the tools that are not in the list of a connection. */
export function discoveryOf(search: ToolSearch, listed: ListedTools): readonly Command[] {
  const find = toolsSearch(search, listed) as unknown as Command;
  return listed.keeps ? [find, toolsLoad(listed)] : [find];
}
