import { acceptedContent, inputRequired, type InputRequiredResult, type ServerContext } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { Command, CommandContext } from '../commands/command.ts';

const KEY = 'confirm';

type Input = Record<string, unknown>;

/**
 * Asks the client's user about a destructive call that carries no `confirm`. Returns the question, or the input with
 * the answer in it. A client that cannot ask gets its input back, which the command then refuses.
 */
export async function confirmInput(command: Command, context: CommandContext, input: Input, request: ServerContext, elicits: boolean): Promise<InputRequiredResult | Input> {
  if (input['confirm'] !== undefined || !elicits) return input;
  const needed = await command.confirmation?.(context, input);
  if (!needed) return input;
  if (request.mcpReq.inputResponses?.[KEY] === undefined) return question(needed.question);
  const answer = acceptedContent(request.mcpReq.inputResponses, KEY, z.object({ yes: z.boolean() }));
  return answer?.yes === true ? { ...input, confirm: needed.releaseId } : input;
}

function question(message: string): InputRequiredResult {
  return inputRequired({
    inputRequests: {
      [KEY]: inputRequired.elicit({
        message,
        requestedSchema: { type: 'object', properties: { yes: { type: 'boolean', title: 'Yes, do it' } }, required: ['yes'] },
      }),
    },
  });
}
