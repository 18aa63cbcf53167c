import type { GetPromptRequestParams, GetPromptResult, ListPromptsResult } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { CommandContext } from '../commands/command.ts';
import type { PromptKind } from '../commands/prompt.ts';
import { parse } from '../contract/parse.ts';
import { audited } from './audited.ts';
import { unknown } from './complete.ts';
import type { Offer } from './offer.ts';
import { protocolError } from './protocol-error.ts';

/** Answers `prompts/list`. */
export function listPrompts(prompts: readonly PromptKind[]): ListPromptsResult {
  return {
    prompts: prompts.map(({ name, title, description, arguments: given }) => ({
      name,
      title,
      description,
      arguments: given.map((argument) => ({
        name: argument.name,
        description: argument.description,
        required: argument.required,
      })),
    })),
  };
}

const READ_ONLY =
  'Write tools are off on this server, so only the steps that read can be taken: its operator has to set MCP_ALLOW_WRITE=true first.\n\n';

/** Answers `prompts/get`. */
export async function getPrompt(
  { deps, prompts }: Offer,
  context: CommandContext,
  { name, arguments: given = {} }: GetPromptRequestParams,
): Promise<GetPromptResult> {
  const prompt = prompts.find((known) => known.name === name);
  if (!prompt)
    throw unknown(
      'prompt',
      name,
      prompts.map((known) => known.name),
    );
  try {
    return await audited(
      deps.audit,
      { who: context.caller.id, method: 'prompts/get', arguments: { name, ...given } },
      () => {
        const text = prompt.text(checked(prompt, given), context);
        return Promise.resolve({
          description: prompt.description,
          messages: [
            { role: 'user', content: { type: 'text', text: `${deps.gate.allowWrite ? '' : READ_ONLY}${text}` } },
          ],
        });
      },
    );
  } catch (error) {
    throw protocolError(error);
  }
}

/** The given arguments, which are all strings. Errors: INVALID_INPUT, UNKNOWN_NAME. */
function checked(prompt: PromptKind, given: Record<string, string>): Record<string, string> {
  const schema = z.strictObject(Object.fromEntries(prompt.arguments.map(({ name, schema }) => [name, schema])));
  const values = parse(schema, given);
  return Object.fromEntries(
    Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
