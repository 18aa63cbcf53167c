import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  condition,
  isCancellation,
} from '@temporalio/workflow';
import { unsentRecords } from '../src/domain/release/continued.ts';
import type { RecordLine } from '../src/domain/release/record.ts';
import type { Owner } from '../src/domain/release/target.ts';
import { record, recordLast } from './activity-options.ts';

/** Temporal limits the payload size. After a long journal outage the release writes its records in parts. */
const AT_ONCE = 100;
/** Temporal ends a run whose payload exceeds 2 MB. */
const BYTES_AT_ONCE = 256 * 1024;

/** The parts of the release that the outbox uses. */
interface OutboxHost {
  readonly owner: Owner;
  /** Distinguishes the keys of this run from those of an earlier run of its chain. Empty for the first run. */
  readonly keySuffix: string;
  /** Whether the size of parts in bytes is limited too. */
  readonly byBytes: boolean;
  /** Whether a write begins after the handlers and the loop have acted (afterTurn). */
  readonly afterTurn: boolean;
  /** Adds a record of the state of the release. */
  readonly situation: () => void;
  readonly note: (text: string) => void;
}

type Kind = RecordLine['kind'];
type Data<K extends Kind> = Extract<RecordLine, { kind: K }>['data'];

/**
 * Records that are not in the journal yet, numbered by kind. Writes run in parallel with the release and never delay
 * it. A failed write is retried with the next one.
 */
export class Outbox {
  private readonly lines: RecordLine[] = [];
  private readonly counts = new Map<Kind, number>();
  private readonly host: OutboxHost;
  private wanted = false;
  private going: Promise<void> | undefined;
  private scope: CancellationScope | undefined;
  private away = false;

  private readonly on: boolean;

  /** `on: false`: the release began before the journal existed, and it writes nothing. */
  constructor(on: boolean, host: OutboxHost) {
    this.on = on;
    this.host = host;
  }

  add<K extends Kind>(kind: K, data: Data<K>, at = Date.now()): void {
    if (!this.on) return;
    const number = (this.counts.get(kind) ?? 0) + 1;
    this.counts.set(kind, number);
    this.lines.push({ kind, key: `${kind}/${number}${this.host.keySuffix}`, at, data } as RecordLine);
  }

  /** The records that the next run has to write. A write in progress may write them too, under the same keys. */
  get unsent(): readonly RecordLine[] {
    return unsentRecords(this.lines);
  }

  /** Takes over the records that an earlier run has not written. */
  takeOver(lines: readonly RecordLine[]): void {
    this.lines.push(...lines);
  }

  /** Starts a write of the new records and of the state of the release. */
  flush(): void {
    if (!this.on) return;
    this.host.situation();
    this.wanted = true;
    this.going ??= this.go();
  }

  /** Writes until few records are left, or until the journal turns out to be away. */
  async drain(): Promise<void> {
    if (this.lines.length <= AT_ONCE) return;
    this.flush();
    await condition(() => this.lines.length <= AT_ONCE || this.away || this.going === undefined);
  }

  /** Flushes the remaining records and waits a few seconds at most. The sweep finds records that are not written. */
  async finish(): Promise<void> {
    this.wanted = false;
    this.scope?.cancel();
    await this.going;
    await this.send(recordLast);
  }

  private async go(): Promise<void> {
    while (this.wanted) {
      this.wanted = false;
      await this.send(record);
    }
    this.going = undefined;
  }

  private async send(activity: typeof record): Promise<void> {
    try {
      while (this.lines.length > 0) {
        if (this.host.afterTurn) await afterTurn();
        await this.sendPart(activity, this.nextPart());
      }
      this.away = false;
    } catch (error) {
      if (isCancellation(error)) return;
      if (!this.away) this.host.note(`the journal could not be written; the write is retried: ${reasonOf(error)}`);
      this.away = true;
    }
  }

  /** A part has at least one line. */
  private nextPart(): readonly RecordLine[] {
    const most = this.lines.slice(0, AT_ONCE);
    if (!this.host.byBytes) return most;
    let bytes = 0;
    const end = most.findIndex((line, index) => {
      bytes += JSON.stringify(line).length;
      return index > 0 && bytes > BYTES_AT_ONCE;
    });
    return end < 0 ? most : most.slice(0, end);
  }

  /** It runs in a separate scope: no cancellation of the release ends it, only `finish` does. */
  private async sendPart(activity: typeof record, part: readonly RecordLine[]): Promise<void> {
    await CancellationScope.nonCancellable(() => {
      const scope = new CancellationScope();
      this.scope = scope;
      return scope.run(() =>
        activity.executeWithOptions({ summary: 'write to the journal' }, [{ owner: this.host.owner, lines: part }]),
      );
    });
    this.lines.splice(0, part.length);
  }
}

/** In the first round the conditions of the loop are met. In the second round their consequences have run. */
const ROUNDS = 2;

/**
 * Waits until the workflow has acted on everything in one activation. A replay may deliver the result of an earlier
 * write in the activation of a later command, and after it (SDK 1.24.0). A command's handler must therefore not
 * schedule a write at once only because no other write is in progress.
 */
function afterTurn(): Promise<void> {
  return CancellationScope.nonCancellable(async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      let asked = 0;
      await condition(() => (asked += 1) > 1);
    }
  });
}

function reasonOf(error: unknown): string {
  const causes = error instanceof ActivityFailure ? [error.cause?.cause, error.cause, error] : [error];
  const known =
    causes.find((cause) => cause instanceof ApplicationFailure) ?? causes.find((cause) => cause instanceof Error);
  return known instanceof Error ? known.message : String(error);
}
