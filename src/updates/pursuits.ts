import { concurrencyLimit } from '../domain/concurrency-limit.ts';
import { ERRORS, SluiceError } from '../domain/errors.ts';
import { releaseId, type Target } from '../domain/release/target.ts';
import { originText } from '../domain/updates/origin.ts';
import type { SeenRollout } from '../domain/updates/seen-rollout.ts';
import { sightingOf, type Sighting } from '../domain/updates/sighting.ts';
import type { Log } from '../observability/log.ts';
import type { Notice } from '../ports/rollout-updates.ts';
import type { UpdateDeps } from './deps.ts';
import { startForUpdate, type Attempt } from './start-for-update.ts';

/** Attempts at once. An attempt reads the cluster and queries Prometheus. */
const AT_ONCE = 4;
const FIRST_PAUSE_MS = 2_000;
/** A refusal costs a preflight each time, and what it needs may come from anywhere. */
const MAX_PAUSE_MS = 120_000;
/** A release that has not marked its Rollout yet ends without a sign in the watch. */
const WAIT_PAUSE_MS = 15_000;

/** One update that is to get its release. */
interface Pursuit {
  seen: SeenRollout;
  /** What of the Rollout matters. Another key is another update, or another wish. */
  readonly key: string;
  readonly sighting: Sighting;
  failures: number;
  trying: boolean;
  /** It has changed while an attempt was under way. */
  again: boolean;
  done: boolean;
  /** The last refusal that was told. */
  told?: string;
  timer?: NodeJS.Timeout;
}

/**
 * Pursues each update until it has its release, or is over. It remembers nothing that matters: the Rollout says that an
 * update is under way, and Temporal whether it has its release.
 */
export class Pursuits {
  readonly #all = new Map<string, Pursuit>();
  readonly #limited = concurrencyLimit(AT_ONCE);
  readonly #deps: UpdateDeps;
  readonly #log: Log;
  #stopped = false;

  constructor(deps: UpdateDeps, log: Log) {
    this.#deps = deps;
    this.#log = log;
  }

  see(seen: SeenRollout): void {
    const id = releaseId(seen.target);
    const sighting = sightingOf(seen, this.#deps.everyUpdateIn.includes(seen.target.namespace));
    if (sighting.kind === 'none') return this.#drop(id);
    const key = JSON.stringify([sighting, seen.uid, seen.podHash, seen.revision, seen.wanted, seen.file]);
    const known = this.#all.get(id);
    if (known?.key === key) return this.#changed(known, seen);
    this.#drop(id);
    const pursuit = { seen, key, sighting, failures: 0, trying: false, again: false, done: false };
    this.#all.set(id, pursuit);
    void this.#try(pursuit);
  }

  gone(target: Target): void {
    this.#drop(releaseId(target));
  }

  stop(): void {
    this.#stopped = true;
    for (const id of [...this.#all.keys()]) this.#drop(id);
  }

  #drop(id: string): void {
    clearTimeout(this.#all.get(id)?.timer);
    this.#all.delete(id);
  }

  /** A Rollout changes with each pod. Only the end of another release is a reason to try at once. */
  #changed(pursuit: Pursuit, seen: SeenRollout): void {
    const freed = pursuit.seen.owner !== undefined && seen.owner === undefined;
    pursuit.seen = seen;
    if (!freed || pursuit.done) return;
    pursuit.again = pursuit.trying;
    if (!pursuit.trying) void this.#try(pursuit);
  }

  #isCurrent(pursuit: Pursuit): boolean {
    return !this.#stopped && this.#all.get(releaseId(pursuit.seen.target)) === pursuit;
  }

  async #try(pursuit: Pursuit): Promise<void> {
    clearTimeout(pursuit.timer);
    pursuit.trying = true;
    pursuit.again = false;
    const attempt = await this.#limited(async () => (this.#isCurrent(pursuit) ? this.#attempt(pursuit) : undefined));
    pursuit.trying = false;
    if (attempt && this.#isCurrent(pursuit)) await this.#settle(pursuit, attempt);
  }

  async #attempt({ sighting, seen }: Pursuit): Promise<Attempt> {
    if (sighting.kind === 'wrong') return { ...sighting, kind: 'refused' };
    try {
      return await startForUpdate(this.#deps, seen);
    } catch (error) {
      const { rollout, namespace } = seen.target;
      if (error instanceof SluiceError && (!ERRORS[error.code].retryable || isFaultOfFile(error)))
        return { kind: 'refused', why: error.message, next: error.next };
      this.#log.warn({ err: error, namespace, rollout }, 'The release of an update cannot be started yet');
      return { kind: 'wait', why: 'a system that the start needs does not answer' };
    }
  }

  async #settle(pursuit: Pursuit, attempt: Attempt): Promise<void> {
    if (attempt.kind === 'over') return void (pursuit.done = true);
    if (attempt.kind === 'started') {
      pursuit.done = true;
      if (attempt.release.started) await this.#tell(pursuit, startedNotice(attempt));
      return;
    }
    if (attempt.kind === 'refused') await this.#refused(pursuit, attempt);
    // What the annotations say changes only with the Rollout.
    if (pursuit.sighting.kind === 'wrong') return void (pursuit.done = true);
    this.#later(pursuit, attempt.kind);
  }

  #later(pursuit: Pursuit, kind: Attempt['kind']): void {
    if (!this.#isCurrent(pursuit)) return;
    const ms = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** pursuit.failures);
    // The watch tells when a mark is removed.
    const most = pursuit.seen.owner === undefined && kind === 'wait' ? WAIT_PAUSE_MS : MAX_PAUSE_MS;
    pursuit.failures += 1;
    const pause = pursuit.again ? 0 : Math.min(ms, most);
    pursuit.timer = setTimeout(() => void this.#try(pursuit), pause).unref();
  }

  /** A refusal is told once, however often it is found. */
  async #refused(pursuit: Pursuit, { why, next = '' }: Extract<Attempt, { kind: 'refused' }>): Promise<void> {
    const what =
      pursuit.sighting.kind === 'wrong' ? 'Updates of this Rollout start no release' : 'This update has no release yet';
    const message = `${what}: ${sentence(why)} ${next}`.trim();
    if (pursuit.told === message) return;
    pursuit.told = message;
    await this.#tell(pursuit, { type: 'Warning', reason: 'ReleaseNotStarted', message });
  }

  /** In the log, and as an event of the Rollout. Without the right to write events the log has to do. */
  async #tell({ seen }: Pursuit, notice: Notice): Promise<void> {
    const { namespace, rollout } = seen.target;
    const level = notice.type === 'Warning' ? 'warn' : 'info';
    this.#log[level]({ namespace, rollout, podHash: seen.podHash }, notice.message);
    try {
      await this.#deps.updates.tell(seen, notice);
    } catch (err) {
      this.#log.warn({ err, namespace, rollout }, 'The event of a Rollout could not be written');
    }
  }
}

/** Another worker may know a split that this one does not. Until then the release file is at fault. */
const isFaultOfFile = ({ code }: SluiceError): boolean => code === 'KIND_UNKNOWN';

function startedNotice({ release, update }: Extract<Attempt, { kind: 'started' }>): Notice {
  const message = `Sluice watches this update with the release ${release.id}, run ${release.runId}. It was started by ${originText(update)}.`;
  return { type: 'Normal', reason: 'ReleaseStarted', message };
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
