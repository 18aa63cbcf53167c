import { Context } from '@temporalio/activity';
import { SluiceError } from '../src/domain/errors.ts';
import type { Runs } from './runs.ts';

/**
 * Longer than any pause of a healthy process, and shorter than the heartbeat timeout after which an attempt is
 * replaced.
 */
const STALL_MS = 2_000;
const TICK_MS = 500;

/**
 * Two clocks, because neither detects every stall: the monotonic one stops while a laptop is suspended (Linux, macOS).
 */
export interface Clocks {
  readonly monotonic: () => number;
  readonly wall: () => number;
}

/** Counts the stalls of this process: times in which its event loop did not run. */
export class StallMonitor {
  readonly #clocks: Clocks;
  #monotonic: number;
  #wall: number;
  #stalls = 0;

  constructor(clocks: Clocks) {
    this.#clocks = clocks;
    this.#monotonic = clocks.monotonic();
    this.#wall = clocks.wall();
  }

  /** Number of stalls so far. It must be called regularly: a stall is a gap between two calls. */
  count(): number {
    const monotonic = this.#clocks.monotonic();
    const wall = this.#clocks.wall();
    if (Math.max(monotonic - this.#monotonic, wall - this.#wall) > STALL_MS) this.#stalls += 1;
    this.#monotonic = monotonic;
    this.#wall = wall;
    return this.#stalls;
  }
}

const ofThisProcess = new StallMonitor({ monotonic: () => performance.now(), wall: Date.now });
setInterval(() => ofThisProcess.count(), TICK_MS).unref();

/** The number of stalls up to which an activity is known to be current. */
const known = new WeakMap<Context, number>();

/** Must be called when an attempt begins. The server has just started it, so it is current. */
export function noteBeginning(monitor = ofThisProcess): void {
  known.set(Context.current(), monitor.count());
}

/**
 * Must be called before every write. After a stall the server may have started another attempt of the activity, so the
 * server is queried. Errors: CONFLICT (another attempt has taken over, and nothing may be written),
 * TEMPORAL_UNREACHABLE, cancellation.
 */
export async function requireWanted(runs: Runs, monitor = ofThisProcess): Promise<void> {
  const context = Context.current();
  const stalls = monitor.count();
  if (known.get(context) === stalls) return;
  if (!(await runs.isWanted()))
    throw new SluiceError('CONFLICT', 'This attempt stalled, and another one has taken its place. It writes nothing.');
  known.set(context, stalls);
}
