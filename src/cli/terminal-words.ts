import { verbOf, type Command } from '../commands/command.ts';
import { subjectOf } from './subject.ts';

/** A tool with one argument: `release_wait with release_id "…"`. */
const WITH_ARGUMENT = /\b([a-z][a-z0-9]*_[a-z_]+[a-z]) with (release_id|plan_id) "([^"]+)"/g;
/** The argument of the tool on the command line. */
const ARGUMENTS: Readonly<Record<string, string>> = { plan_id: '--plan-id ' };
/** A tool with all its arguments, at the end of a line: `k8s_get with {"kind":"pods", …}`. */
const WITH_ARGUMENTS = /\b([a-z][a-z0-9]*_[a-z_]+[a-z]) with (\{.*\})$/gm;
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
    .replaceAll(WITH_ARGUMENTS, (whole, name: string, json: string) => {
      const command = catalogue.find((known) => known.name === name);
      return command ? `\`${commandOf(name) ?? name}${wordsOf(command, JSON.parse(json) as Given)}\`` : whole;
    })
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

type Given = Readonly<Record<string, unknown>>;

/** Arguments as words and flags of the command. */
function wordsOf(command: Command, given: Given): string {
  const subject = subjectOf(command)?.fields ?? [];
  const first = [...subject, ...(command.positional ?? [])];
  const words = subject.length > 0 ? [subject.map((field) => shellWord(given[field])).join('/')] : [];
  const arguments_ = (command.positional ?? []).flatMap((field) => (field in given ? [shellWord(given[field])] : []));
  const flags = Object.entries(given)
    .filter(([field]) => !first.includes(field))
    .map(([field, value]) => `--${field.replaceAll('_', '-')}${value === true ? '' : ` ${shellWord(value)}`}`);
  return [...words, ...arguments_, ...flags].map((word) => ` ${word}`).join('');
}

/** A value that a shell takes as one word. */
function shellWord(value: unknown): string {
  const plain = typeof value === 'string' ? value : JSON.stringify(value ?? '');
  return /^[\w./:=,@%+-]+$/.test(plain) ? plain : `'${plain.replaceAll("'", `'\\''`)}'`;
}
