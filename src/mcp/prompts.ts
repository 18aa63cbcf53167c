import type { GetPromptRequestParams, GetPromptResult, ListPromptsResult } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { CommandContext } from '../commands/command.ts';
import type { PromptKind } from '../commands/prompt.ts';
import { parse } from '../contract/parse.ts';
import { audited } from './audited.ts';
import { unknown } from './complete.ts';
import type { ListedTools } from './listed-tools.ts';
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

function notListed(missing: readonly string[], listed: ListedTools): string {
  const way = listed.keeps
    ? `Call tools_load with toolsets ${JSON.stringify(missing)} first.`
    : `They can be called by their names; ${listed.addressWith(missing)} lists them.`;
  return `Some tools of these steps are not in your list. ${way}\n\n`;
}

/** Answers `prompts/get`. */
export async function getPrompt(
  { deps, prompts, toolsets }: Offer,
  listed: ListedTools,
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
  const own = toolsets.filter((toolset) => toolset.prompts.includes(prompt)).map((toolset) => toolset.name);
  const missing = [...new Set([...own, ...(prompt.needs ?? [])])].filter((toolset) => !listed.has(toolset));
  const before = [deps.gate.allowWrite ? '' : READ_ONLY, missing.length > 0 ? notListed(missing, listed) : ''].join('');
  try {
    return await audited(
      deps.audit,
      { caller: context.caller, method: 'prompts/get', arguments: { name, ...given } },
      () => {
        const text = prompt.text(checked(prompt, given), context);
        return Promise.resolve({
          description: prompt.description,
          messages: [{ role: 'user', content: { type: 'text', text: `${before}${text}` } }],
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
