import { SluiceError } from '../domain/errors.ts';

/**
 * Finds out whether a version that was late with an answer still answers at all. A program that hangs keeps its pipes
 * open, so nothing else tells.
 */
export class AliveCheck {
  readonly #waitMs: number;
  readonly #dead: (error: SluiceError) => void;
  #timer: NodeJS.Timeout | undefined;

  /** `dead` is called if the version is silent for `waitMs` after the question. */
  constructor(waitMs: number, dead: (error: SluiceError) => void) {
    this.#waitMs = waitMs;
    this.#dead = dead;
  }

  /** Asks, unless an answer is waited for already. */
  begin(ask: () => void): void {
    if (this.#timer) return;
    ask();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const error = `The version does not answer any more, also no ping for ${this.#waitMs / 1000} s.`;
      this.#dead(new SluiceError('UPSTREAM_TIMEOUT', error));
    }, this.#waitMs).unref();
  }

  /** The version has said something, or is gone. */
  heard(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
