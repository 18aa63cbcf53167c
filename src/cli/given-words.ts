import type { Command } from '../commands/command.ts';
import type { Given } from './shell-words.ts';
import { ACTION } from './subject.ts';

const VALUE = String.raw`"[^"]*"|[\w./:@-]*\w`;
const PART = String.raw`(?:, | and )?(?:the )?[a-z_]+:? (?:${VALUE})`;
/** A tool with fields in words: `delivery_get with name "web"`, `helm_get with the part hooks`. */
export const CLAUSE = new RegExp(String.raw`\b([a-z][a-z0-9]*_[a-z_]+[a-z]) with ((?:${PART})+)`, 'g');
const NEXT = new RegExp(String.raw`^(?:, | and )?(?:the )?([a-z_]+):? (${VALUE})`);
/** Words that go on with the sentence, and are no values. */
const NO_VALUES = ['that', 'which', 'of', 'to', 'for', 'in', 'is'];
/** They have a form of their own (terminal-words.ts). */
const ELSEWHERE = [ACTION, 'release_id', 'plan_id', 'cursor'];

/**
 * The fields that a clause gives to a command, and the text behind them. Undefined if the clause does not begin with a
 * field of the command.
 */
export function readClause(command: Command, clause: string): { given: Given; rest: string } | undefined {
  const given: Record<string, unknown> = {};
  let rest = clause;
  for (;;) {
    const [whole, field = '', value = ''] = NEXT.exec(rest) ?? [];
    if (whole === undefined || !Object.hasOwn(command.input.shape, field) || ELSEWHERE.includes(field)) break;
    if (NO_VALUES.includes(value)) break;
    given[field] = field === 'target' ? targetOf(value) : value === 'true' ? true : value.replaceAll('"', '');
    rest = rest.slice(whole.length);
  }
  return Object.keys(given).length > 0 ? { given, rest } : undefined;
}

function targetOf(place: string): Given {
  const [namespace, rollout] = place.split('/');
  return { namespace, rollout };
}
