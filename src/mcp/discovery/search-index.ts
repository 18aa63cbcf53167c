import MiniSearch from 'minisearch';
import type { Tool } from '@modelcontextprotocol/server';
import type { Command } from '../../commands/command.ts';
import type { Toolset } from '../../commands/toolset.ts';

/** A tool that a search finds. */
export interface Found {
  readonly command: Command;
  readonly tool: Tool;
}

/** Finds tools by words. The best comes first. A word may be the beginning of a word of the tool, or have one typo. */
export type ToolSearch = (words: string) => readonly Found[];

/** A name is a better sign than a title, and a title than a description. */
const BOOST = { name: 4, title: 3, description: 1, about: 0.5 };
/** Letters of a word that may differ, as a share of its length. */
const FUZZY = 0.2;

export function createToolSearch(tools: readonly Found[], toolsets: readonly Toolset[]): ToolSearch {
  const about = new Map(toolsets.map((toolset) => [toolset.name, toolset.about]));
  const index = new MiniSearch<{ id: number }>({ fields: Object.keys(BOOST) });
  index.addAll(
    tools.map(({ command: { name, title, description, toolset } }, id) => ({
      id,
      name: name.replaceAll('_', ' '),
      title,
      description,
      about: about.get(toolset) ?? '',
    })),
  );
  return (words) =>
    index.search(words, { boost: BOOST, prefix: true, fuzzy: FUZZY }).map(({ id }) => tools[id as number] as Found);
}
