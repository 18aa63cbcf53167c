import { SluiceError } from '../domain/errors.ts';
import type { OpenWire, Wire, WireEvents } from './wire.ts';

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 30_000;

/** Opens the wires of one version: at most `most` at once, and with growing pauses while they end without a word. */
export class Supervisor {
  readonly #open: OpenWire;
  readonly #most: number;
  readonly #now: () => number;
  readonly #wires = new Set<Wire>();
  #failures = 0;
  #notBefore = 0;
  #why = '';

  constructor(open: OpenWire, most: number, now: () => number = Date.now) {
    this.#open = open;
    this.#most = most;
    this.#now = now;
  }

  get size(): number {
    return this.#wires.size;
  }

  /** Throws UPSTREAM_BUSY at the limit, and UPSTREAM_UNREACHABLE during a pause. */
  open(events: WireEvents): Wire {
    if (this.#wires.size >= this.#most)
      throw new SluiceError('UPSTREAM_BUSY', `The version already has ${this.#most} processes, which is the limit.`);
    const wait = this.#notBefore - this.#now();
    if (wait > 0)
      throw new SluiceError(
        'UPSTREAM_UNREACHABLE',
        `The version failed ${this.#failures} times in a row; it is tried again in ${Math.ceil(wait / 1000)} s. ${this.#why}`,
      );
    let spoke = false;
    const wire = this.#open({
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
    });
    this.#wires.add(wire);
    return wire;
  }

  #failed(error: SluiceError): void {
    this.#failures += 1;
    this.#why = error.message;
    // One early end may be a call that the version does not survive, so the next call starts another one at once.
    const pause = this.#failures === 1 ? 0 : FIRST_PAUSE_MS * 2 ** (this.#failures - 2);
    this.#notBefore = this.#now() + Math.min(LONGEST_PAUSE_MS, pause);
  }
}
