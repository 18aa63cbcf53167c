import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiObject } from '../../domain/cluster-objects/api-object.ts';
import type { Effect } from '../../domain/effect.ts';
import type { HelmReleaseAt, HelmStatus } from '../../domain/helm/release.ts';
import type { CommandContext } from '../../commands/command.ts';
import { problemText, readinessOf, type Problem, type Readiness } from './readiness.ts';

/** What came of a change of a release. */
export interface Settled extends Pick<Effect<never>, 'changed' | 'effective' | 'reason'> {
  readonly revision?: number;
  readonly status?: HelmStatus;
  readonly problems?: readonly Problem[];
  readonly output?: string;
  readonly next?: string;
}

const PAUSE_MS = 1000;

/** Looks again and again until everything is ready, nothing can get ready any more, or the time is over. */
export function untilReady(
  context: CommandContext,
  at: HelmReleaseAt,
  objects: readonly ApiObject[],
  seconds: number,
): Promise<Readiness> {
  return until(context, seconds, async () => {
    const readiness = await readinessOf(context, at, objects);
    const open = readiness.problems.filter(({ state }) => state === 'progressing' || state === 'missing');
    return { value: readiness, ended: open.length === 0, waitsFor: open[0] && problemText(open[0]) };
  });
}

/** Calls `look` until it has ended, or until the time is over. At least once. */
export async function until<T>(
  context: CommandContext,
  seconds: number,
  look: () => Promise<{ readonly value: T; readonly ended: boolean; readonly waitsFor?: string | undefined }>,
): Promise<T> {
  const deadline = context.ports.now() + seconds * 1000;
  for (;;) {
    const { value, ended, waitsFor } = await look();
    if (ended || context.signal.aborted || context.ports.now() >= deadline) return value;
    if (waitsFor !== undefined) await context.progress(waitsFor);
    await sleep(PAUSE_MS, undefined, { signal: context.signal }).catch(() => undefined);
  }
}
