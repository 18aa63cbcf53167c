import type { Block } from '../src/domain/analysis/block-test.ts';
import {
  readBlocks,
  sharedBoundsMs,
  type Arms,
  type Cursors,
  type Read,
  type TimedBlock,
} from '../src/domain/analysis/blocks.ts';
import { addBlocks, startJudge, type JudgeState } from '../src/domain/analysis/running-judge.ts';
import type { TrailPoint } from '../src/domain/analysis/trail.ts';
import {
  addLeftOut,
  addToBins,
  addToStep,
  countedOf,
  newStep,
  type Bin,
  type StepTotals,
} from '../src/domain/analysis/totals.ts';
import type { SequentialSettings } from '../src/domain/release/plan.ts';
import type { EvidencePort } from '../src/ports/evidence.ts';
import { concurrencyLimit } from '../src/domain/concurrency-limit.ts';

/** The release to judge, and the start (epoch ms). */
export interface Watched {
  readonly runId: string;
  /**
   * Labels of the counters of both arms. If both are equal, the new version has replaced stable behind its Service:
   * answers until `since` are stable's past, and later answers are the new version's.
   */
  readonly services: { readonly candidate: string; readonly stable: string };
  /** If absent, limits alone are judged. */
  readonly sequential?: SequentialSettings;
  /** When the first weight came into force, and until when blocks after it are not evidence yet. */
  readonly since: number;
  readonly warmUpMs: number;
  /** When the current weight came into force. */
  readonly stepFrom: number;
  /** Percent of the traffic for the new version. At 100 it is compared with stable's past. */
  readonly weight?: number;
  /** The tools of an MCP server are judged by themselves too. */
  readonly byTool?: true;
}

/** Version of the form of `Held`. Other versions are ignored. */
export const HELD_VERSION = 2;

/** The evidence of a release. It is plain JSON of bounded size, for checkpoints. */
export interface Held {
  readonly version: typeof HELD_VERSION;
  readonly watched: Pick<Watched, 'services' | 'since'>;
  /** Until when samples were read, epoch ms, and how far for each proxy. */
  readonly readTo: number;
  readonly cursors: Cursors;
  /** Time between the last two scrapes, ms. */
  readonly intervalMs: number;
  /** Bounds that Traefik counts, in ms. */
  readonly known: readonly number[];
  readonly judge?: JudgeState;
  readonly step: StepTotals;
  /** The last minutes, in bins. */
  readonly bins: readonly Bin[];
}

/**
 * Stores state that a worker would otherwise compute again. Neither method fails: state that is not stored is fetched
 * again.
 */
export interface Checkpoints {
  read(runId: string): Promise<Held | undefined>;
  write(runId: string, held: Held): Promise<void>;
}

export interface Look {
  readonly held: Held;
  /** The counters of the last fetch. */
  readonly arms: Arms;
  /** Points of the evidence that are new since the last look. */
  readonly trail: readonly TrailPoint[];
}

/** Stable's own past, from which the judge learns how errors clump and how slow answers are. */
const PAST_MS = 3_600_000;
/** Samples this long before a step are fetched for the baseline: Prometheus' default look-back. */
const BASELINE_MS = 300_000;
/**
 * A long gap is fetched in intervals of this length, so that an answer stays small and heartbeats are sent in between.
 */
const PAGE_MS = 600_000;
/** A proxy that was not scraped for this long starts from the beginning when it comes back. */
const AWAY_MS = 600_000;
/** The samples of one scrape may arrive at different times. This is how long an incomplete scrape is waited for. */
const SETTLE_MS = 10_000;
const CHECKPOINT_MS = 30_000;
/** Answers are parsed on the thread that sends heartbeats, so hundreds of them at once would delay the heartbeats. */
const AT_ONCE = 4;
/** The state of a release that has ended is removed after this time without use. */
const UNUSED_MS = 600_000;

interface Entry {
  held: Held | undefined;
  arms: Arms;
  savedAt: number;
  usedAt: number;
  /** Looks of one release run one after the other, because two would read the same samples. */
  last: Promise<unknown>;
}

const NO_ANSWERS = { requests: 0, bad: 0 };
const NO_SERIES = { requests: [], buckets: [] };
const NO_ARMS: Arms = { candidate: NO_SERIES, stable: NO_SERIES };

/**
 * The evidence of every release that this worker watches. A look fetches only what is new since the previous one. State
 * that is lost with the process comes from a checkpoint, or is fetched again from Prometheus. Errors: those of
 * EvidencePort.counters. Data that were read before an error stay.
 */
export class EvidenceStore {
  readonly #evidence: Pick<EvidencePort, 'counters' | 'withoutPast'>;
  readonly #checkpoints: Checkpoints | undefined;
  readonly #entries = new Map<string, Entry>();
  readonly #limited = concurrencyLimit(AT_ONCE);

  constructor(evidence: Pick<EvidencePort, 'counters' | 'withoutPast'>, checkpoints?: Checkpoints) {
    this.#evidence = evidence;
    this.#checkpoints = checkpoints;
  }

  async look(watched: Watched, to: number): Promise<Look> {
    const entry = this.#entry(watched.runId, to);
    const look = entry.last.then(() => this.#read(entry, watched, to));
    entry.last = look.catch(() => undefined);
    return look;
  }

  #entry(runId: string, now: number): Entry {
    for (const [id, { usedAt }] of this.#entries) if (now - usedAt > UNUSED_MS) this.#entries.delete(id);
    const entry = this.#entries.get(runId) ?? {
      held: undefined,
      arms: NO_ARMS,
      savedAt: Number.NEGATIVE_INFINITY,
      usedAt: now,
      last: Promise.resolve(),
    };
    entry.usedAt = now;
    this.#entries.set(runId, entry);
    return entry;
  }

  async #read(entry: Entry, watched: Watched, to: number): Promise<Look> {
    entry.held = begun(entry.held ?? (await this.#checkpoints?.read(watched.runId)), watched);
    if (watched.sequential && !entry.held.judge) await this.#learn(entry, watched, watched.sequential, to);
    const trail: TrailPoint[] = [];
    while (entry.held.readTo < to) {
      const read = await this.#page(entry, watched, Math.min(to, entry.held.readTo + PAGE_MS));
      const taken = take(entry.held, watched, read);
      entry.held = taken.held;
      trail.push(...taken.trail);
    }
    await this.#save(entry, watched.runId, to);
    return { held: entry.held, arms: entry.arms, trail };
  }

  /**
   * The complete past is read before the judge begins, because it determines the questions. After a failure it is read
   * again.
   */
  async #learn(entry: Entry, watched: Watched, settings: SequentialSettings, to: number): Promise<void> {
    const end = Math.min(watched.since, to);
    const past: TimedBlock[] = [];
    let held = entry.held as Held;
    while (held.readTo < end) {
      past.push(...(await this.#page(entry, watched, Math.min(end, held.readTo + PAGE_MS))).blocks);
      held = entry.held as Held;
    }
    const judge = startJudge(settings, past, held.known, watched.since + watched.warmUpMs, watched.byTool);
    entry.held = { ...held, judge };
  }

  /** Blocks that end before or at `until`. */
  async #page(entry: Entry, { services, since }: Watched, until: number): Promise<Read> {
    const held = entry.held as Held;
    const cursors = Object.fromEntries(Object.entries(held.cursors).filter(([, { at }]) => at >= until - AWAY_MS));
    const from = Math.min(held.readTo, ...Object.values(cursors).map(({ at }) => at));
    const window = { fromMs: from, toMs: until };
    const [candidate, stable] = await this.#limited(() =>
      Promise.all([
        this.#evidence.counters(services.candidate, window),
        this.#evidence.counters(services.stable, window),
      ]),
    );
    const arms = { candidate, stable };
    const seen = sharedBoundsMs(arms);
    const known = seen.length > 0 ? seen : held.known;
    const read = readBlocks(arms, countedOf(known), { from, to: until, cursors, settleMs: SETTLE_MS });
    entry.arms = arms;
    const last = read.blocks.at(-1);
    const intervalMs = last ? last.to - last.from : held.intervalMs;
    entry.held = { ...held, known, cursors: read.cursors, intervalMs, readTo: until };
    if (services.candidate !== services.stable) return read;
    return { ...read, blocks: read.blocks.map((block) => bySince(block, since)) };
  }

  async #save(entry: Entry, runId: string, now: number): Promise<void> {
    if (!this.#checkpoints || !entry.held) return;
    // A step that has passed is then never forgotten: at weight 100 its answers of stable are what is compared with.
    const everyMs = this.#evidence.withoutPast ? 0 : CHECKPOINT_MS;
    if (now - entry.savedAt < everyMs) return;
    entry.savedAt = now;
    await this.#checkpoints.write(runId, entry.held);
  }
}

/** The stored evidence of this release, with the current step. */
function begun(held: Held | undefined, { services, since, sequential, stepFrom }: Watched): Held {
  const same =
    held?.version === HELD_VERSION &&
    held.watched.since === since &&
    held.watched.services.candidate === services.candidate &&
    held.watched.services.stable === services.stable &&
    (held.judge?.version === 2 || sequential === undefined);
  // A look for an earlier step is late. The counts of the later step stay.
  if (same) return held.step.from < stepFrom ? { ...held, step: newStep(stepFrom) } : held;
  return {
    version: HELD_VERSION,
    watched: { services, since },
    readTo: sequential ? since - PAST_MS : stepFrom - BASELINE_MS,
    cursors: {},
    intervalMs: 0,
    known: [],
    step: newStep(stepFrom),
    bins: [],
  };
}

/** One Service that had two versions one after the other. */
function bySince(block: TimedBlock, since: number): TimedBlock {
  const isPast = block.to <= since;
  const arms = ({ candidate, stable }: Block): Block => ({
    candidate: isPast ? NO_ANSWERS : candidate,
    stable: isPast ? stable : NO_ANSWERS,
  });
  const questions = Object.entries(block.questions).map(([name, counted]) => [name, arms(counted)] as const);
  const { tools: _, ...rest } = block;
  return { ...rest, questions: Object.fromEntries(questions) };
}

function take(
  held: Held,
  { sequential, stepFrom, weight }: Watched,
  { blocks, leftOut }: Pick<Read, 'blocks' | 'leftOut'>,
): Pick<Look, 'held' | 'trail'> {
  const judged =
    sequential && held.judge
      ? addBlocks(sequential, held.judge, blocks, { from: stepFrom, ...(weight !== undefined && { weight }) })
      : undefined;
  const step = addLeftOut(blocks.reduce(addToStep, held.step), leftOut);
  const bins = blocks.reduce(addToBins, held.bins);
  return { held: { ...held, step, bins, ...(judged && { judge: judged.state }) }, trail: judged?.trail ?? [] };
}
