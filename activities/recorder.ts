import { SluiceError } from '../src/domain/errors.ts';
import { VIEW_KINDS, viewFromRecord } from '../src/domain/release/from-record.ts';
import type { RecordEntry } from '../src/domain/release/record.ts';
import type { ReleaseView } from '../src/domain/release/view.ts';
import type { Log } from '../src/observability/log.ts';
import type { JournalPort } from '../src/ports/journal.ts';
import type { Checkpoints } from './evidence-store.ts';
import { journalCheckpoints } from './journal-checkpoints.ts';

/** Enough for hours of several releases. When this many entries wait, further ones are dropped and counted. */
const MAX_WAITING = 20_000;
const AT_ONCE = 500;

/**
 * The outbox of the journal. `add` never blocks: entries wait in memory until they are written, and a failed write is
 * retried with the next entries. Entries that are lost with the process are computed again by the next attempt of the
 * activity, under the same keys.
 */
export class Recorder {
  readonly #journal: JournalPort;
  readonly #log: Log;
  readonly #onAdd: (entries: readonly RecordEntry[]) => void;
  readonly #waiting: RecordEntry[] = [];
  #sending: Promise<void> | undefined;
  #away = false;
  #lost = 0;

  /** `onAdd` is called with all entries, also with those that come again and those that are dropped. */
  constructor(journal: JournalPort, log: Log, onAdd: (entries: readonly RecordEntry[]) => void = () => undefined) {
    this.#journal = journal;
    this.#log = log;
    this.#onAdd = onAdd;
  }

  /** Number of entries that the journal has not taken yet. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** The store for the evidence of a release, so that another worker can continue from there. */
  get checkpoints(): Checkpoints {
    return journalCheckpoints(this.#journal, this.#log);
  }

  /** Puts entries into the outbox. Never throws and never waits. */
  add(entries: readonly RecordEntry[]): void {
    if (entries.length === 0) return;
    this.#onAdd(entries);
    const room = Math.max(0, MAX_WAITING - this.#waiting.length);
    this.#waiting.push(...entries.slice(0, room));
    this.#lost += Math.max(0, entries.length - room);
    void this.flush().catch(() => undefined);
  }

  /** The last state of a run in the journal. Undefined if it has none. Errors: JOURNAL_UNAVAILABLE. */
  async lastView(runId: string): Promise<ReleaseView | undefined> {
    const entries = await this.#journal.read(runId, { kinds: VIEW_KINDS });
    // A run that began anew writes before it has a plan.
    return viewFromRecord(entries.filter((one) => one.kind !== 'release' || one.data.plan !== undefined));
  }

  /** Resolves when the outbox is empty. Errors: JOURNAL_UNAVAILABLE. The entries then stay in the outbox. */
  flush(): Promise<void> {
    // It starts one event-loop turn later: a flush that ends at once must not clear #sending before it is set.
    return (this.#sending ??= Promise.resolve().then(() => this.#send()));
  }

  /** Writes as many entries as possible, once, and closes the journal. */
  async close(): Promise<void> {
    await this.flush().catch(() => undefined);
    if (this.#waiting.length > 0)
      this.#log.warn({ entries: this.#waiting.length }, 'The journal was away to the end; these entries are lost');
    await this.#journal.close();
  }

  async #send(): Promise<void> {
    // An entry that is added while this runs must be written by it, or must start the next flush. So there is no await
    // between the last check of the outbox and the end.
    try {
      while (this.#waiting.length > 0) {
        const part = this.#waiting.slice(0, AT_ONCE);
        await this.#append(part);
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

  /** An entry that the journal always refuses is dropped, because it would block all others permanently. */
  async #append(part: readonly RecordEntry[]): Promise<void> {
    try {
      await this.#journal.append(part);
    } catch (error) {
      if (isAway(error)) throw error;
      for (const entry of part) await this.#appendAlone(entry);
    }
  }

  async #appendAlone(entry: RecordEntry): Promise<void> {
    try {
      await this.#journal.append([entry]);
    } catch (err) {
      if (isAway(err)) throw err;
      const { releaseId, runId, key } = entry;
      this.#log.error(
        { err, release: releaseId, run: runId, key },
        'The journal cannot take this entry; it is dropped',
      );
    }
  }

  #gone(err: unknown): void {
    if (!this.#away)
      this.#log.warn(
        { err, waiting: this.#waiting.length },
        'The journal is away. Releases go on; their entries are written when it is back.',
      );
    this.#away = true;
  }

  #back(): void {
    if (this.#away) this.#log.info({ lost: this.#lost }, 'The journal is back');
    this.#away = false;
    this.#lost = 0;
  }
}

function isAway(error: unknown): boolean {
  return error instanceof SluiceError && error.code === 'JOURNAL_UNAVAILABLE';
}
