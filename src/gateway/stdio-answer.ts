import type { Writable } from 'node:stream';
import { SluiceError } from '../domain/errors.ts';
import { readMessage, type RpcId } from '../domain/gateway/message.ts';
import { failureMessage } from './failure.ts';
import { parseOrNothing } from './json.ts';
import type { Answer } from './upstream.ts';

export interface Steps {
  session(handle: string): void;
  message(text: string): void;
  over(): void;
  /** The session does not exist any more. Returns whether the message is sent again. */
  lost(): boolean;
}

/** Writes every message of an answer as a line. */
export class StdioAnswer implements Answer {
  readonly #output: Writable;
  readonly #id: RpcId | undefined;
  readonly #steps: Steps;
  #answered = false;

  constructor(output: Writable, id: RpcId | undefined, steps: Steps) {
    this.#output = output;
    this.#id = id;
    this.#steps = steps;
  }

  accepted(session?: string): void {
    if (session !== undefined) this.#steps.session(session);
  }

  message(text: string): boolean {
    if (text === '') return true;
    this.#steps.message(text);
    this.#answered ||= this.#id !== undefined && isAnswer(text, this.#id);
    return this.#output.write(`${text.includes('\n') ? text.replaceAll(/\r?\n/g, ' ') : text}\n`);
  }

  end(): void {
    if (this.#id !== undefined && !this.#answered)
      return this.fail(new SluiceError('UPSTREAM_INVALID', 'The version has ended its answer without a result.'));
    this.#steps.over();
  }

  refuse(status: number, _headers: Readonly<Record<string, string>>, body: string): void {
    this.#steps.over();
    if (status === 404 && this.#steps.lost()) return;
    if (this.#id === undefined) return;
    if (isAnswer(body, this.#id)) return void this.message(body);
    const code = status === 404 ? 'GATEWAY_SESSION_UNKNOWN' : 'UPSTREAM_INVALID';
    const error = new SluiceError(code, `The version refuses the message with status ${status}.`);
    this.#output.write(`${failureMessage(error, this.#id)}\n`);
  }

  fail(error: SluiceError): void {
    this.#steps.over();
    if (error.code === 'GATEWAY_SESSION_UNKNOWN' && !this.#answered && this.#steps.lost()) return;
    if (this.#id !== undefined && !this.#answered) this.#output.write(`${failureMessage(error, this.#id)}\n`);
  }

  whenReady(resume: () => void): void {
    this.#output.once('drain', resume);
  }
}

function isAnswer(text: string, id: RpcId): boolean {
  const message = readMessage(parseOrNothing(text));
  return message?.kind === 'response' && message.id === id;
}
