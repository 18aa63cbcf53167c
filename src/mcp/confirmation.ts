import { createHash, randomBytes, randomUUID } from 'node:crypto';
import {
  acceptedContent,
  createRequestStateCodec,
  inputRequired,
  type InputRequiredResult,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { Confirmation } from '../commands/command.ts';
import { Asked, type Confirmed } from '../commands/execute.ts';

const KEY = 'confirm';
/** A question that is answered later than this is asked again. */
const ANSWER_SECONDS = 600;

/** The call that a question is about. */
interface Question {
  /** Digest of tool, arguments and question. */
  readonly call: string;
  /** Unique id of the question. */
  readonly id: string;
}

/** Questions are signed with a key of this process. A question of an earlier process is asked again. */
const codec = createRequestStateCodec<Question>({ key: randomBytes(32), ttlSeconds: ANSWER_SECONDS });
/** Questions that have been answered, with their times, because an answer is valid once. */
const answered = new Map<string, number>();

export interface AskedCall {
  readonly request: ServerContext;
  readonly tool: string;
  readonly arguments: unknown;
}

/**
 * The answer of the client's user. It comes with a repeated call, so the first call throws the question. An answer is
 * valid only once, for the same call with the same arguments. Otherwise the question is asked again. Errors: Asked.
 */
export async function askPerson(needed: Confirmation, call: AskedCall): Promise<Confirmed> {
  const digest = digestOf(needed, call);
  const { inputResponses } = call.request.mcpReq;
  if (inputResponses?.[KEY] === undefined || !(await isAnswerTo(digest, call.request)))
    throw new Asked(await question(needed, digest));
  const yes = acceptedContent(inputResponses, KEY, z.object({ yes: z.boolean() }))?.yes === true;
  return { yes, how: 'asked' };
}

async function isAnswerTo(digest: string, request: ServerContext): Promise<boolean> {
  const state: unknown = request.mcpReq.requestState();
  if (typeof state !== 'string') return false;
  const asked = await codec.verify(state, request).catch(() => undefined);
  if (asked?.call !== digest || answered.has(asked.id)) return false;
  const now = Date.now();
  for (const [id, at] of answered) if (now - at > ANSWER_SECONDS * 1000) answered.delete(id);
  answered.set(asked.id, now);
  return true;
}

function digestOf({ question: text, value }: Confirmation, { tool, arguments: given }: AskedCall): string {
  return createHash('sha256')
    .update(JSON.stringify([tool, given ?? {}, value, text]))
    .digest('base64url');
}

async function question({ question: message }: Confirmation, call: string): Promise<InputRequiredResult> {
  return inputRequired({
    requestState: await codec.mint({ call, id: randomUUID() }),
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
