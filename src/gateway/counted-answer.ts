import { outcomeOf, type Outcome } from '../domain/gateway/outcome.ts';
import { SluiceError } from '../domain/errors.ts';
import { withData } from './event-stream.ts';
import { parseOrNothing } from './json.ts';
import type { Answer } from './upstream.ts';

/** What happens beside passing an answer on. */
export interface Watch {
  /** Called with each message. Returns the text for the caller. */
  rewrite(text: string): string;
  /**
   * Called once, when the answer is complete. `error`: why there is none, or none that can be passed on. Without an
   * outcome the version was not asked, so it is no call of it.
   */
  ended(outcome: Outcome | undefined, error?: SluiceError): void;
  /** The version has opened a session. Returns the id for the caller. */
  session(inner: string): string;
  /** The version says that it does not know the session. */
  sessionLost(): void;
}

/** What of a request matters to its answer. */
export interface Asked {
  /** Whether the request opens a session. */
  readonly opens: boolean;
  /** Whether the request is of revision 2026-07-28. */
  readonly modern: boolean;
}

/** Passes an answer on to the caller. */
export class CountedAnswer implements Answer {
  readonly #answer: Answer;
  readonly #watch: Watch;
  readonly #asked: Asked;
  #outcome: Outcome | undefined;

  constructor(answer: Answer, asked: Asked, watch: Watch) {
    this.#answer = answer;
    this.#asked = asked;
    this.#watch = watch;
  }

  accepted(session?: string): void {
    if (this.#asked.opens) this.#answer.accepted(this.#watch.session(session ?? ''));
    else this.#answer.accepted();
  }

  message(text: string, frame?: string): boolean {
    const outcome = resultOf(text, this.#asked.modern);
    if (outcome !== undefined) this.#outcome = outcome;
    const changed = this.#watch.rewrite(text);
    if (changed === text) return this.#answer.message(text, frame);
    return this.#answer.message(changed, frame === undefined ? undefined : withData(frame, changed));
  }

  end(): void {
    this.#watch.ended(this.#outcome ?? 'unavailable');
    this.#answer.end();
  }

  refuse(status: number, headers: Readonly<Record<string, string>>, body: string): void {
    if (status < 500) this.#watch.ended('protocol_error');
    else this.#watch.ended('unavailable', new SluiceError('UPSTREAM_UNREACHABLE', `It answers with status ${status}.`));
    if (status === 404) this.#watch.sessionLost();
    this.#answer.refuse(status, headers, body);
  }

  fail(error: SluiceError): void {
    const lost = error.code === 'GATEWAY_SESSION_UNKNOWN';
    this.#watch.ended(lost ? undefined : (OUTCOME_OF[error.code] ?? 'unavailable'), error);
    if (lost) this.#watch.sessionLost();
    this.#answer.fail(error);
  }

  whenReady(resume: () => void): void {
    this.#answer.whenReady(resume);
  }
}

const OUTCOME_OF: Readonly<Partial<Record<string, Outcome>>> = {
  UPSTREAM_TIMEOUT: 'timeout',
  UPSTREAM_TOO_LARGE: 'protocol_error',
  UPSTREAM_INVALID: 'protocol_error',
};

/** The outcome, if the message is the answer to a request. Large answers are read only where they may be failures. */
function resultOf(text: string, modern: boolean): Outcome | undefined {
  const typed = !modern || text.includes('"resultType"');
  if (typed && !text.includes('"method"') && !text.includes('"error"') && !text.includes('"isError"'))
    return text.includes('"result"') ? 'ok' : undefined;
  const message = parseOrNothing(text);
  const isAnswer = typeof message === 'object' && message !== null && ('result' in message || 'error' in message);
  return isAnswer ? outcomeOf(message, modern) : undefined;
}
