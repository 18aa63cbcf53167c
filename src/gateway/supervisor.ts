import { SluiceError } from '../domain/errors.ts';
import { delayedWire } from './delayed-wire.ts';
import type { OpenWire, Wire, WireEvents } from './wire.ts';

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 30_000;
const PATIENCE_MS = 2_000;

/** Opens the wires of one version: at most `most` at once, and with growing pauses while they end without a word. */
export class Supervisor {
  readonly #open: OpenWire;
  readonly #most: number;
  readonly #patience: number;
  readonly #now: () => number;
  readonly #wires = new Set<Wire>();
  #failures = 0;
  #notBefore = 0;
  #why = '';

  /** `patience`: the longest pause for which a message waits, in ms. During a longer one, messages are refused. */
  constructor(open: OpenWire, most: number, patience = PATIENCE_MS, now: () => number = Date.now) {
    this.#patience = patience;
    this.#open = open;
    this.#most = most;
    this.#now = now;
  }

  get size(): number {
    return this.#wires.size;
  }

  /** Throws UPSTREAM_BUSY at the limit, and UPSTREAM_UNREACHABLE during a long pause. */
  open(events: WireEvents): Wire {
    if (this.#wires.size >= this.#most)
      throw new SluiceError('UPSTREAM_BUSY', `The version already has ${this.#most} processes, which is the limit.`);
    const wait = this.#notBefore - this.#now();
    if (wait > this.#patience)
      throw new SluiceError(
        'UPSTREAM_UNREACHABLE',
        `The version failed ${this.#failures} times in a row, to callers and pings together; it is tried again in ${Math.ceil(wait / 1000)} s. ${this.#why}`,
      );
    let spoke = false;
    const watched: WireEvents = {
      message: (text) => {
        spoke = true;
        this.#failures = 0;
        events.message(text);
      },
      oversized: (edges) => events.oversized(edges),
      closed: (error) => {
        this.#wires.delete(wire);
        if (!spoke) this.#failed(error);
        events.closed(error);
      },
    };
    const wire = wait > 0 ? delayedWire(this.#open, watched, wait) : this.#open(watched);
    this.#wires.add(wire);
    return wire;
  }

  /** Resolves when every wire has ended, also one that was given up before and whose process has not ended yet. */
  async close(): Promise<void> {
    await Promise.all([...this.#wires].map((wire) => wire.close()));
  }

  #failed(error: SluiceError): void {
    this.#failures += 1;
    this.#why = error.message;
    // One early end may be a call that the version does not survive, so the next call starts another one at once.
    const pause = this.#failures === 1 ? 0 : FIRST_PAUSE_MS * 2 ** (this.#failures - 2);
    this.#notBefore = this.#now() + Math.min(LONGEST_PAUSE_MS, pause);
  }
}
