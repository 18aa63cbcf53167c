import { verbOf, type Command } from '../commands/command.ts';

/** A tool with one argument: `release_wait with release_id "…"`. */
const WITH_ARGUMENT = /\b([a-z][a-z0-9]*_[a-z_]+[a-z]) with (release_id|plan_id) "([^"]+)"/g;
/** The argument of the tool on the command line. */
const ARGUMENTS: Readonly<Record<string, string>> = { plan_id: '--plan-id ' };
const NAME = /\b[a-z][a-z0-9]*_[a-z_]+[a-z]\b/g;

/**
 * Converts a text for agents to the command line: names of tools become commands. Other names, such as those of fields,
 * stay. A person follows a release with `watch`, where an agent waits.
 */
export function terminalWords(text: string, catalogue: readonly Command[]): string {
  const commandOf = (name: string): string | undefined => {
    if (name === 'release_wait') return 'sluice release watch';
    const command = catalogue.find((known) => known.name === name);
    return command && `sluice ${command.toolset} ${wordOf(command)}`;
  };
  return text
    .replaceAll(WITH_ARGUMENT, (whole, name: string, field: string, value: string) => {
      const command = commandOf(name);
      return command ? `\`${command} ${ARGUMENTS[field] ?? ''}${value}\`` : whole;
    })
    .replaceAll(NAME, (name) => {
      const command = commandOf(name);
      return command ? `\`${command}\`` : name;
    });
}

/** The name of a command below its toolset: `argo_promote_rollout` is `promote-rollout`. */
export function wordOf(command: Command): string {
  return verbOf(command).replaceAll('_', '-');
}
