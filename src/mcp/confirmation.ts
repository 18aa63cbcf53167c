import {
  acceptedContent,
  inputRequired,
  type InputRequiredResult,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { Confirmation } from '../commands/command.ts';
import { Asked } from '../commands/execute.ts';

const KEY = 'confirm';

/** The answer of the client's user, which comes with a repeated call; the first call throws the question. */
export function askPerson(needed: Confirmation, request: ServerContext): boolean {
  if (request.mcpReq.inputResponses?.[KEY] === undefined) throw new Asked(question(needed.question));
  return acceptedContent(request.mcpReq.inputResponses, KEY, z.object({ yes: z.boolean() }))?.yes === true;
}

function question(message: string): InputRequiredResult {
  return inputRequired({
    inputRequests: {
      [KEY]: inputRequired.elicit({
        message,
        requestedSchema: {
          type: 'object',
          properties: { yes: { type: 'boolean', title: 'Yes, do it' } },
          required: ['yes'],
        },
      }),
    },
  });
}
