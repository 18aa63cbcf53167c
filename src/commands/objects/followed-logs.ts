import { cleanText, maskSecrets } from '../../domain/safe-text.ts';
import type { CommandContext } from '../command.ts';
import { wholeLines } from './whole-lines.ts';
import { eachPod, lastBytes, type AskedLogs, type LogPlace, type PodLog } from './pod-logs.ts';

/** `logs`: every log has ended, because its container or its connection has. */
export const FOLLOW_ENDS = ['time', 'bytes', 'interrupted', 'logs'] as const;
export type FollowEnd = (typeof FOLLOW_ENDS)[number];

/** All pods together send at most this much to one call. */
export const STREAM_BYTES = 5_000_000;

export interface Followed {
  readonly logs: readonly PodLog[];
  readonly leftOut: readonly string[];
  readonly ended: FollowEnd;
}

/**
 * Shows the lines of logs as they are written, for at most `seconds`, and returns the end of each log. Errors: as
 * `logsOf`.
 */
export async function followedLogs(context: CommandContext, asked: AskedLogs, seconds: number): Promise<Followed> {
  const limit = new Limit(context.signal, seconds);
  const show = shower(context, limit);
  try {
    const found = await eachPod(context, asked, (place, share, pods) =>
      followOne(context, asked, { place, share, limit, show: (text) => show(pods > 1 ? prefixed(place, text) : text) }),
    );
    return { ...found, ended: limit.ended };
  } finally {
    limit.stop();
  }
}

/** The time and the bytes of one call. */
class Limit {
  readonly signal: AbortSignal;
  readonly #seconds: number;
  readonly #caller: AbortSignal;
  readonly #stop = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #began = Date.now();
  #end: FollowEnd = 'logs';
  #left = STREAM_BYTES;

  constructor(caller: AbortSignal, seconds: number) {
    this.#caller = caller;
    this.#seconds = seconds;
    this.signal = AbortSignal.any([caller, this.#stop.signal]);
    // The connection of a stream does not keep the process alive. This timer does.
    this.#timer = setTimeout(() => this.#because('time'), seconds * 1000);
  }

  get ended(): FollowEnd {
    return this.#caller.aborted ? 'interrupted' : this.#end;
  }

  /** The share of the time that has passed. */
  get fraction(): number {
    return Math.min(1, (Date.now() - this.#began) / (this.#seconds * 1000));
  }

  take(text: string): void {
    this.#left -= Buffer.byteLength(text);
    if (this.#left <= 0) this.#because('bytes');
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#stop.abort();
  }

  #because(end: FollowEnd): void {
    if (!this.signal.aborted) this.#end = end;
    this.stop();
  }
}

interface One {
  readonly place: LogPlace;
  readonly share: number;
  readonly limit: Limit;
  readonly show: (text: string) => Promise<void>;
}

async function followOne(
  { ports }: CommandContext,
  asked: AskedLogs,
  { place, share, limit, show }: One,
): Promise<PodLog> {
  const query = { ...asked, ...place, limitBytes: STREAM_BYTES };
  let last = { text: '', cut: false };
  for await (const piece of wholeLines(await ports.clusterObjects.followLog(query, limit.signal))) {
    const text = maskSecrets(cleanText(piece, piece.length));
    const { text: end, cut } = lastBytes(last.text + text, share);
    last = { text: end, cut: cut || last.cut };
    await show(text);
    limit.take(text);
    if (limit.signal.aborted) break;
  }
  return { ...place, ...last };
}

function prefixed({ pod, container }: LogPlace, text: string): string {
  return text.replaceAll(/^(?=.)/gm, `[${pod}/${container}] `);
}

/** The value of each progress notification has to be above the one before. */
const STEP = 1e-6;

function shower(context: CommandContext, limit: Limit): (text: string) => Promise<void> {
  let last = 0;
  return async (text) => {
    if (context.lines) return context.lines(text);
    last = Math.max(last + STEP, limit.fraction);
    return context.progress(text.trimEnd(), last);
  };
}
