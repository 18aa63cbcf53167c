import {
  ProtocolError,
  ProtocolErrorCode,
  type CompleteRequestParams,
  type CompleteResult,
} from '@modelcontextprotocol/server';
import { asCaller } from '../commands/as-caller.ts';
import { uriTemplateOf } from '../commands/address.ts';
import type { CommandContext } from '../commands/command.ts';
import { admittedKind } from '../commands/resource-access.ts';
import { admit } from '../commands/access.ts';
import { nearest } from '../contract/nearest.ts';
import { cleanText } from '../domain/safe-text.ts';
import type { Offer } from './offer.ts';

const MAX_VALUES = 100;

type Completer = (
  context: CommandContext,
  variable: string,
  given: Readonly<Record<string, string>>,
) => Promise<readonly string[]>;

/**
 * Answers `completion/complete`. There are no values if a cluster or Temporal does not answer, or if the caller may not
 * read them, so that typing never waits for an error.
 */
export async function complete(
  offer: Offer,
  caller: CommandContext,
  { ref, argument, context }: CompleteRequestParams,
): Promise<CompleteResult> {
  const completer = ref.type === 'ref/prompt' ? promptCompleter(offer, ref.name) : resourceCompleter(offer, ref.uri);
  const read = asCaller(caller, () => completer(caller, argument.name, context?.arguments ?? {}));
  const values = await read.catch(() => []);
  const fitting = values.filter((value) => value.startsWith(argument.value)).map((value) => cleanText(value));
  return {
    completion: { values: fitting.slice(0, MAX_VALUES), total: fitting.length, hasMore: fitting.length > MAX_VALUES },
  };
}

function resourceCompleter({ resources, toolsets }: Offer, template: string): Completer {
  const kind = resources.find((known) => uriTemplateOf(known) === template);
  if (!kind) throw unknown('resource template', template, resources.map(uriTemplateOf));
  return async (context, variable, given) =>
    kind.variables.includes(variable)
      ? kind.complete(admittedKind(context, toolsets, kind, given['cluster']), variable, given)
      : [];
}

function promptCompleter({ prompts, toolsets }: Offer, name: string): Completer {
  const prompt = prompts.find((known) => known.name === name);
  if (!prompt)
    throw unknown(
      'prompt',
      name,
      prompts.map((known) => known.name),
    );
  const toolset = toolsets.find((known) => known.prompts.includes(prompt))?.name ?? name;
  return async (context, variable, given) => {
    const touched = [{ cluster: given['cluster'] }];
    const admitted = admit(context, { tool: name, toolset, permission: 'read', touched });
    return (await prompt.arguments.find((known) => known.name === variable)?.complete?.(admitted, given)) ?? [];
  };
}

/** A protocol error for a name that is not offered. */
export function unknown(what: string, name: string, known: readonly string[]): ProtocolError {
  const near = nearest(name, known);
  return new ProtocolError(
    ProtocolErrorCode.InvalidParams,
    `Unknown ${what} ${cleanText(name, 120)}${near ? `; did you mean ${near}?` : ''}`,
  );
}
