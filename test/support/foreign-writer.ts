import { setTimeout as sleep } from 'node:timers/promises';

/** Time between two writes. Shorter than the time between two looks of a guard. */
const EVERY_MS = 400;

/** Another program that writes the same thing again and again, as a GitOps controller does. */
export class ForeignWriter {
  #stopped = false;
  readonly #ended: Promise<void>;

  constructor(write: () => Promise<void>) {
    this.#ended = this.#repeat(write);
  }

  /** Resolves after its last write. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#ended;
  }

  async #repeat(write: () => Promise<void>): Promise<void> {
    while (!this.#stopped) {
      // A write that lost a race against another one is repeated with the next turn.
      await write().catch(() => undefined);
      await sleep(EVERY_MS);
    }
  }
}
