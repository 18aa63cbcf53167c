import type { SluiceError } from '../domain/errors.ts';
import type { Answer } from './upstream.ts';

/** Passes an answer on, and tells when it is complete. */
export class LastAnswer implements Answer {
  readonly #answer: Answer;
  readonly #over: () => void;

  constructor(answer: Answer, over: () => void) {
    this.#answer = answer;
    this.#over = over;
  }

  accepted(session?: string): void {
    this.#answer.accepted(session);
  }

  message(text: string, frame?: string): boolean {
    return this.#answer.message(text, frame);
  }

  end(): void {
    this.#answer.end();
    this.#over();
  }

  refuse(...refusal: Parameters<Answer['refuse']>): void {
    this.#answer.refuse(...refusal);
    this.#over();
  }

  fail(error: SluiceError): void {
    this.#answer.fail(error);
    this.#over();
  }

  whenReady(resume: () => void): void {
    this.#answer.whenReady(resume);
  }
}
