import { Argument, type Command as Cli } from 'commander';
import { z } from 'zod';
import type { Command } from '../commands/command.ts';
import type { Output } from '../commands/execute.ts';
import type { Toolset } from '../commands/toolset.ts';
import { inner } from '../contract/fields.ts';
import { complete, type Names } from './completion/sources.ts';
import type { CliDeps } from './deps.ts';
import { addFlags, flagFields, flagName, inputOf, positionalInput, takesFile } from './flags.ts';
import { settingsOf } from './global.ts';
import { readInputFile } from './input-file.ts';
import { runCommand } from './run-command.ts';
import { helpWords } from './help-words.ts';
import { withFlags } from './problem-flags.ts';
import { wordOf } from './terminal-words.ts';
import { ACTION, actionsOf, subjectOf, type Subject } from './subject.ts';

/** What the command line does after a command has answered, in addition to printing the answer. */
export interface AfterCommand {
  /** Whether it goes on with what the answer says to do next. */
  readonly follows?: (cli: Cli) => boolean;
  readonly run: (output: Output, cli: Cli) => Promise<void> | void;
}

/** Adds the commands of one toolset: `argo_promote_rollout` is `sluice argo promote-rollout <namespace/name>`. */
export function addToolset(
  program: Cli,
  deps: CliDeps,
  { name, group: word = name, alias, about, commands, switched = [], terminal = [] }: Toolset,
  after: Readonly<Record<string, AfterCommand>> = {},
): void {
  const group = program.command(word).description(about);
  if (alias !== undefined) group.alias(alias);
  for (const command of [...commands, ...switched, ...terminal]) addTool(group, deps, command, after[command.name]);
}

function addTool(group: Cli, deps: CliDeps, command: Command, after?: AfterCommand): void {
  const subject = subjectOf(command);
  const cli = group.command(wordOf(command)).summary(command.title).description(helpWords(command.description));
  const actions = actionsOf(command);
  if (actions) cli.addArgument(new Argument('<action>', 'what to do').choices(actions));
  if (subject) cli.addArgument(argumentOf(subject, command));
  for (const argument of positionalArguments(command)) cli.addArgument(argument);
  if (command.positional) cli.option('--json', 'the same as -o json');
  if (takesFile(command))
    cli.option(
      '-f, --file <path>',
      `${command.document ?? 'file with the input'}, YAML or JSON; - is stdin. Flags override it.`,
    );
  addFlags(cli, command);
  if (command.kind === 'destructive' || command.confirmation) cli.option('-y, --yes', 'do not ask for confirmation');
  addCompletions(cli, command, subject);
  cli.action(async (...args: unknown[]) => {
    const options = cli.opts<Record<string, unknown>>();
    const [action, about] = actions ? [args[0], args[1]] : [undefined, args[0]];
    const named = await rawInput(command, subject, subject ? (about as string | undefined) : undefined, options);
    const given = {
      ...(actions && { [ACTION]: action }),
      ...(command.positional && positionalInput(command, subject ? args.slice(1) : args)),
    };
    const raw = isObject(named) ? { ...named, ...given } : named;
    const { settings, format: asked } = settingsOf(deps, cli);
    const format = options['json'] === true ? 'json' : asked;
    const followed = after?.follows?.(cli) === true;
    const output = await runCommand(deps, settings, {
      command,
      raw,
      format,
      followed,
      yes: options['yes'] === true,
    }).catch((error: unknown) => {
      throw withFlags(error, command, options);
    });
    await after?.run(output, cli);
  });
}

function argumentOf({ argument, about }: Subject, command: Command): Argument {
  if (takesFile(command)) return new Argument(`[${argument}]`, `${about}; may be in the file`);
  return isAboutAll(command)
    ? new Argument(`[${argument}]`, `${about}; all, if absent`)
    : new Argument(`<${argument}>`, about);
}

/** Whether the command without any input is about every object. An example shows it then. */
function isAboutAll({ examples }: Command): boolean {
  return examples.some(({ input }) => Object.keys(input).length === 0);
}

/** An argument is optional if its field is, or if a file may contain it. */
function positionalArguments(command: Command): readonly Argument[] {
  return (command.positional ?? []).map((name) => {
    const schema = command.input.shape[name] as z.ZodType;
    const optional = schema.isOptional() || takesFile(command);
    const words = inner(schema) instanceof z.ZodArray ? '...' : '';
    return new Argument(optional ? `[${name}${words}]` : `<${name}${words}>`, helpWords(schema.description ?? ''));
  });
}

async function rawInput(
  command: Command,
  subject: Subject | undefined,
  argument: string | undefined,
  options: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  const file = options['file'];
  const base = typeof file === 'string' ? await readInputFile(file) : {};
  if (!subject || argument === undefined) return inputOf(command, options, base);
  const about = subject.read(argument, options['cluster'] as string | undefined);
  // The cluster of a release is a part of its argument.
  const flags = subject.names === 'release' ? { ...options, cluster: undefined } : options;
  return inputOf(command, flags, isObject(base) ? { ...base, ...about, ...bothTargets(base, about) } : base);
}

/** A file may contain the cluster of the target that the argument names. */
function bothTargets(base: Record<string, unknown>, about: Record<string, unknown>): Record<string, unknown> {
  const [inFile, named] = [base['target'], about['target']];
  return isObject(inFile) && isObject(named) ? { target: { ...inFile, ...named } } : {};
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Only a command that reads has a use for a release that has ended. */
function sourceOf(names: NonNullable<Subject['names']>, { kind }: Command): Names {
  return names === 'release' && kind === 'read' ? 'any-release' : names;
}

function addCompletions(cli: Cli, command: Command, subject: Subject | undefined): void {
  const actions = actionsOf(command);
  if (actions) complete.argument(cli, actions);
  if (subject?.names) complete.argument(cli, sourceOf(subject.names, command), actions ? 1 : 0);
  for (const field of flagFields(command)) {
    if (field.choices) complete.option(cli, flagName(field), field.choices);
  }
}
