import type { RecordEntry } from '../src/domain/release/record.ts';
import type { Log } from '../src/observability/log.ts';
import type { JournalPort } from '../src/ports/journal.ts';

/** More than hours of several releases; what comes while so many wait is given up, and counted. */
const MOST_WAITING = 20_000;
const AT_ONCE = 500;

/**
 * Writes to the journal without ever holding up who has something to tell: entries wait in memory until they are
 * written, and are tried
 * again with the next ones. What is lost with the process is told again by whoever computes it anew, under the same
 * keys.
 */
export class Recorder {
  readonly #journal: JournalPort;
  readonly #log: Log;
  readonly #waiting: RecordEntry[] = [];
  #sending: Promise<void> | undefined;
  #away = false;
  #lost = 0;

  constructor(journal: JournalPort, log: Log) {
    this.#journal = journal;
    this.#log = log;
  }

  /** Never fails and is never slow. */
  add(entries: readonly RecordEntry[]): void {
    if (entries.length === 0) return;
    const room = Math.max(0, MOST_WAITING - this.#waiting.length);
    this.#waiting.push(...entries.slice(0, room));
    this.#lost += Math.max(0, entries.length - room);
    void this.flush().catch(() => undefined);
  }

  /** Resolves when everything that was added is written. Errors: JOURNAL_UNAVAILABLE; it stays in memory then. */
  flush(): Promise<void> {
    // Begun a turn later: one that ends at once must not end before it is noted that it runs.
    return (this.#sending ??= Promise.resolve().then(() => this.#send()));
  }

  /** Writes what can be written, once, and closes the journal. */
  async close(): Promise<void> {
    await this.flush().catch(() => undefined);
    if (this.#waiting.length > 0)
      this.#log.warn({ entries: this.#waiting.length }, 'The journal was away to the end; these entries are lost');
    await this.#journal.close();
  }

  async #send(): Promise<void> {
    // Whoever adds an entry while this runs must either be served by it or find it ended: nothing is awaited between
    // the last look and the end.
    try {
      while (this.#waiting.length > 0) {
        const part = this.#waiting.slice(0, AT_ONCE);
        await this.#journal.append(part);
        this.#waiting.splice(0, part.length);
      }
      this.#back();
    } catch (error) {
      this.#gone(error);
      throw error;
    } finally {
      this.#sending = undefined;
    }
  }

  #gone(err: unknown): void {
    if (!this.#away)
      this.#log.warn(
        { err, waiting: this.#waiting.length },
        'The journal is away; releases go on, and it is told later',
      );
    this.#away = true;
  }

  #back(): void {
    if (this.#away) this.#log.info({ lost: this.#lost }, 'The journal is back');
    this.#away = false;
    this.#lost = 0;
  }
}
