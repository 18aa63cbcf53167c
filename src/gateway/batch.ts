import { SluiceError } from '../domain/errors.ts';
import { readMessage, type RpcId } from '../domain/gateway/message.ts';
import { failureMessage } from './failure.ts';
import type { InboundMessage } from './inbound.ts';
import { parseKept, parseOrNothing } from './json.ts';
import type { Answer } from './upstream.ts';

/** Messages of one batch. */
const MOST = 100;

/**
 * The messages of a batch, which only revision 2025-03-26 has. Each is sent by itself, so that it is counted, and so
 * that a version of another revision understands it. Errors: GATEWAY_MESSAGE_INVALID, before anything is sent.
 */
export function messagesOf({ text, ...inbound }: InboundMessage): readonly InboundMessage[] {
  const parts: unknown = parseKept(text);
  if (!Array.isArray(parts) || parts.length === 0 || parts.length > MOST)
    throw invalid(`A batch has 1 to ${MOST} messages.`);
  return parts.map((part) => {
    const own = JSON.stringify(part);
    const message = readMessage(parseOrNothing(own));
    if (!message || message.kind === 'batch') throw invalid('The batch contains something that is no message.');
    if (message.method === 'initialize' || message.modern || inbound.session === undefined)
      throw invalid('Only messages of a session can be in a batch, and initialize is by itself.');
    return { ...inbound, text: own, message };
  });
}

function invalid(why: string): SluiceError {
  return new SluiceError('GATEWAY_MESSAGE_INVALID', why);
}

type Refusal = Parameters<Answer['refuse']>;
type Ending = { readonly id: RpcId | undefined } & ({ readonly error: SluiceError } | { readonly refusal: Refusal });

/** Collects the answers to the messages of a batch into one. A failure of a message is the answer to that message. */
export class BatchAnswer {
  readonly #answer: Answer;
  readonly #failed: Ending[] = [];
  #open: number;
  #accepted = false;
  #answered = false;

  constructor(answer: Answer, messages: number) {
    this.#answer = answer;
    this.#open = messages;
  }

  /** The answer to one message of the batch. */
  part(id: RpcId | undefined): Answer {
    return {
      accepted: () => {
        if (!this.#accepted) this.#answer.accepted();
        this.#accepted = true;
      },
      message: (text) => {
        this.#answered = true;
        return this.#answer.message(text);
      },
      end: () => this.#ended(),
      refuse: (...refusal) => this.#ended({ id, refusal }),
      fail: (error) => this.#ended({ id, error }),
      whenReady: (resume) => this.#answer.whenReady(resume),
    };
  }

  #ended(failed?: Ending): void {
    if (failed) this.#failed.push(failed);
    this.#open -= 1;
    if (this.#open > 0) return;
    const [first] = this.#failed;
    // A session that is not known concerns the whole batch: its client starts a new one.
    if (first && !this.#answered && this.#failed.every(isLost)) return this.#whole(first);
    for (const one of this.#failed)
      if (one.id !== undefined) this.#answer.message(failureMessage(errorOf(one), one.id));
    this.#answer.end();
  }

  #whole(ending: Ending): void {
    if ('error' in ending) this.#answer.fail(ending.error);
    else this.#answer.refuse(...ending.refusal);
  }
}

function isLost(ending: Ending): boolean {
  return 'error' in ending ? ending.error.code === 'GATEWAY_SESSION_UNKNOWN' : ending.refusal[0] === 404;
}

function errorOf(ending: Ending): SluiceError {
  if ('error' in ending) return ending.error;
  return new SluiceError('UPSTREAM_INVALID', `The version refuses the message with status ${ending.refusal[0]}.`);
}
