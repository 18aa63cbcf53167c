import type { z } from 'zod';
import { verbOf, type Command } from '../commands/command.ts';
import { groupOf } from './group.ts';
import { CLAUSE, readClause } from './given-words.ts';
import { positionalWords, shellWord, wordsOf, type Given } from './shell-words.ts';
import { ACTION, actionsOf, subjectOf } from './subject.ts';

/** A tool with one argument: `release_wait with release_id "…"`. */
const WITH_ARGUMENT = /\b([a-z][a-z0-9]*_[a-z_]+[a-z]) with (release_id|plan_id) "([^"]+)"/g;
/** The argument of the tool on the command line. */
const ARGUMENTS: Readonly<Record<string, string>> = { plan_id: '--plan-id ' };
/** A tool with all its arguments, at the end of a line: `k8s_get with {"kind":"pods", …}`. */
const WITH_ARGUMENTS = /\b([a-z][a-z0-9]*_[a-z_]+[a-z]) with (\{.*\})$/gm;
/** The write that follows a plan. Its arguments are those of the plan. */
const AFTER_PLAN = /\b([a-z][a-z0-9]*_[a-z_]+[a-z]) with the same arguments and digest "([0-9a-f]+)"( and a reason)?/g;
/** A tool with what it is to do: `helm_plan with the action rollback`. */
const WITH_ACTION = /\b([a-z][a-z0-9]*_[a-z_]+[a-z]) with the action ([a-z_]+)/g;
const NAME = /\b[a-z][a-z0-9]*_[a-z_]+[a-z]\b/g;

/**
 * Converts a text for agents to the command line: names of tools become commands. Other names, such as those of fields,
 * stay. A person follows a release with `watch`, where an agent waits. `asked`: the input of the command that answers
 * with this text.
 */
export function terminalWords(text: string, catalogue: readonly Command[], asked: unknown = {}): string {
  const commandOf = (name: string): string | undefined => {
    if (name === 'release_wait') return 'sluice release watch';
    const command = catalogue.find((known) => known.name === name);
    return command && `sluice ${groupOf(command.toolset)} ${wordOf(command)}`;
  };
  return text
    .replaceAll(/\bwith cursor (?="|\d)/g, 'with --cursor ')
    .replaceAll(WITH_ARGUMENTS, (whole, name: string, json: string) => {
      const command = catalogue.find((known) => known.name === name);
      return command ? `\`${commandOf(name) ?? name}${wordsOf(command, JSON.parse(json) as Given)}\`` : whole;
    })
    .replaceAll(AFTER_PLAN, (whole, name: string, digest: string, reason?: string) => {
      const command = catalogue.find((known) => known.name === name);
      if (!command) return whole;
      const { [ACTION]: _, ...same } = asked as Given;
      const given = { ...same, digest, ...(reason === undefined ? {} : { reason: '<why>' }) };
      return `\`${commandOf(name) ?? name}${wordsOf(command, given)}\``;
    })
    .replaceAll(WITH_ACTION, (whole, name: string, action: string) => {
      const command = catalogue.find((known) => known.name === name);
      if (!command) return whole;
      return `\`${commandOf(name) ?? name} ${action}${sameObject(name, catalogue, asked)}\``;
    })
    .replaceAll(CLAUSE, (whole, name: string, clause: string) => {
      const command = catalogue.find((known) => known.name === name);
      const read = command && readClause(command, clause);
      const input = command && read && placed(command, read.given, asked as Given);
      if (!input) return whole;
      return `\`${commandOf(name) ?? name}${wordsOf(command, input)}\`${read.rest}`;
    })
    .replaceAll(WITH_ARGUMENT, (whole, name: string, field: string, value: string) => {
      const command = commandOf(name);
      return command ? `\`${command} ${ARGUMENTS[field] ?? ''}${value}\`` : whole;
    })
    .replaceAll(NAME, (name) => {
      const command = commandOf(name);
      return command ? `\`${command}${sameObject(name, catalogue, asked)}\`` : name;
    });
}

/** The name of a command below its toolset: `argo_promote_rollout` is `promote-rollout`. */
export function wordOf(command: Command): string {
  return verbOf(command).replaceAll('_', '-');
}

/** The argument of a command that concerns the object of the question. Empty if it is not known. */
function sameObject(name: string, catalogue: readonly Command[], asked: unknown): string {
  const command = catalogue.find((known) => known.name === name);
  const subject = command && subjectOf(command);
  if (command && !subject && actionsOf(command)) return placeFlags(command, asked as Given);
  if (!subject) return command ? sameArguments(command, asked as Given) : '';
  const { release_id: id, target, namespace, name: object } = asked as Given;
  const { namespace: ofTarget = namespace, rollout = object } = (target ?? {}) as Given;
  if (subject.names === 'release' && typeof id === 'string') return ` ${shellWord(id)}`;
  return typeof ofTarget === 'string' && typeof rollout === 'string' ? ` ${shellWord(`${ofTarget}/${rollout}`)}` : '';
}

/** A plan of any action has no subject of its own: its object is in flags. */
function placeFlags({ input }: Command, asked: Given): string {
  return ['kind', 'namespace', 'name']
    .filter((field) => Object.hasOwn(input.shape, field) && typeof asked[field] === 'string')
    .map((field) => ` --${field} ${shellWord(asked[field])}`)
    .join('');
}

/** The arguments of the question, if they are all that the command needs. */
function sameArguments(command: Command, asked: Given): string {
  const { positional = [], input } = command;
  const needed = positional.filter((field) => !(input.shape[field] as z.ZodType).isOptional());
  if (needed.length === 0 || !needed.every((field) => typeof asked[field] === 'string')) return '';
  return positionalWords(command, asked)
    .map((word) => ` ${word}`)
    .join('');
}

/**
 * What a text gives to a command, with the parts of its object that the question has. Undefined if the object is not
 * known.
 */
function placed(command: Command, given: Given, asked: Given): Given | undefined {
  if (command.positional) return given;
  const fields = subjectOf(command)?.fields.filter((field) => !field.includes('.') && field !== 'release_id') ?? [];
  const whole = { ...Object.fromEntries(fields.map((field) => [field, asked[field]])), ...given };
  return fields.every((field) => typeof (whole as Given)[field] === 'string') ? whole : undefined;
}
