import type { Command } from '../commands/command.ts';

const NAME = /\b[a-z]+_[a-z_]+[a-z]\b/g;

/**
 * Converts a text for agents to the command line: names of tools become commands. Other names, such as those of fields,
 * stay. A person follows a release with `watch`, where an agent waits.
 */
export function terminalWords(text: string, catalogue: readonly Command[]): string {
  return text
    .replaceAll(/release_wait with release_id "([^"]+)"/g, (_, id: string) => `\`sluice release watch ${id}\``)
    .replaceAll(/release_get with release_id "([^"]+)"/g, (_, id: string) => `\`sluice release get ${id}\``)
    .replaceAll(NAME, (name) => {
      if (name === 'release_wait') return '`sluice release watch`';
      const command = catalogue.find((known) => known.name === name);
      return command ? `\`sluice ${command.toolset} ${wordOf(command)}\`` : name;
    });
}

/** The name of a command below its toolset: `argo_promote_rollout` is `promote-rollout`. */
export function wordOf({ name, toolset }: Command): string {
  return name.slice(toolset.length + 1).replaceAll('_', '-');
}
