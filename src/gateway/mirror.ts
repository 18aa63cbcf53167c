import { differencesOf, type Difference } from '../domain/gateway/replay.ts';
import { FAILED, FoundDifferences, GONE, isGood, MAY_WRITE, opening, type ToolDifference } from './compared-call.ts';
import { listedTools, type ListedTools } from './lists.ts';
import type { Fields } from './own-request.ts';
import type { RecordedCall } from './recorded-calls.ts';
import type { Upstream } from './upstream.ts';

/** What came of mirroring so far. It has no values, because those belong to users. */
export interface MirrorReport {
  readonly compared: number;
  /** Calls that blue did not answer a second time, so that there is nothing to compare with. */
  readonly skipped: number;
  readonly differences: readonly ToolDifference[];
}

/** A call of a user that blue has answered well. */
export interface AnsweredCall extends RecordedCall {
  readonly result: Fields;
  /** Headers by which a version may know the caller. */
  readonly identity: Readonly<Record<string, string>>;
}

export interface Mirrored {
  readonly blue: Upstream;
  readonly green: Upstream;
  /** Paths whose values may differ. */
  readonly changing: readonly string[];
}

type Opened = Awaited<ReturnType<typeof opening>>;
interface Arms {
  readonly blue: Opened;
  readonly green: Opened;
  /** What the new version lists for the caller. */
  readonly listed: ListedTools;
}

/** Calls that wait. Further ones are not mirrored, so that the new version has no more load than it answers. */
const MOST_WAITING = 20;
/** Callers whose sessions are kept open. */
const MOST_CALLERS = 4;

/**
 * Sends read-only calls that blue has answered to the new version as well, one after the other, and compares the
 * answers. Blue is asked a second time, to see which values change by themselves. No caller waits for it.
 */
export class Mirror {
  readonly #what: Mirrored;
  readonly #found = new FoundDifferences();
  /** By the identity of the caller. */
  readonly #arms = new Map<string, Promise<Arms>>();
  readonly #waiting: AnsweredCall[] = [];
  #compared = 0;
  #skipped = 0;
  #running = false;
  #closed = false;

  constructor(what: Mirrored) {
    this.#what = what;
  }

  report(): MirrorReport {
    return { compared: this.#compared, skipped: this.#skipped, differences: this.#found.all() };
  }

  take(call: AnsweredCall): void {
    if (this.#closed || this.#waiting.length >= MOST_WAITING) return;
    this.#waiting.push(call);
    if (!this.#running) void this.#run();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#waiting.length = 0;
    const all = [...this.#arms.values()];
    this.#arms.clear();
    await Promise.all(all.map(end));
  }

  async #run(): Promise<void> {
    this.#running = true;
    for (let call = this.#waiting.shift(); call; call = this.#waiting.shift()) await this.#compare(call);
    this.#running = false;
  }

  async #compare(call: AnsweredCall): Promise<void> {
    const seen = await this.#differences(call).catch(() => [FAILED]);
    if (this.#closed) return;
    if (seen) this.#compared += 1;
    else this.#skipped += 1;
    this.#found.add(call.tool, seen ?? []);
  }

  /** Undefined if blue gives nothing to compare with. Blue is asked last, so that it shows what has just changed. */
  async #differences(call: AnsweredCall): Promise<readonly Difference[] | undefined> {
    const { blue, green, listed } = await this.#armsOf(call);
    if (listed.get(call.tool) !== true) return [listed.has(call.tool) ? MAY_WRITE : GONE];
    const now = await green.call(call);
    const again = await blue.call(call);
    if (!isGood(again)) return undefined;
    if (!isGood(now)) return [FAILED];
    return differencesOf({ blue: call.result, blueAgain: again, green: now }, this.#what.changing);
  }

  #armsOf({ identity }: AnsweredCall): Promise<Arms> {
    const key = JSON.stringify(identity);
    const known = this.#arms.get(key);
    if (known) return known;
    const [oldest] = this.#arms;
    if (this.#arms.size >= MOST_CALLERS && oldest) {
      this.#arms.delete(oldest[0]);
      void end(oldest[1]);
    }
    const opened = this.#open(identity);
    this.#arms.set(key, opened);
    opened.catch(() => this.#arms.delete(key));
    return opened;
  }

  async #open(identity: AnsweredCall['identity']): Promise<Arms> {
    const listed = await listedTools(this.#what.green, identity);
    const blue = await opening(this.#what.blue, identity);
    try {
      return { blue, green: await opening(this.#what.green, identity), listed };
    } catch (error) {
      await blue.end().catch(() => undefined);
      throw error;
    }
  }
}

async function end(arms: Promise<Arms>): Promise<void> {
  const opened = await arms.catch(() => undefined);
  if (opened) await Promise.allSettled([opened.blue.end(), opened.green.end()]);
}
