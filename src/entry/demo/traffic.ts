import { setTimeout as sleep } from 'node:timers/promises';
import { loadStats, type AppStats, type Sandbox } from '../../../sandbox/index.ts';
import { plural } from '../../domain/plural.ts';

/** The answers that clients of the load generator received over some time. */
export interface Answers {
  readonly total: number;
  readonly byVersion: Readonly<Record<string, number>>;
  /** Status 500 and above by version. `none` counts errors without a version, and requests without an answer. */
  readonly failed: Readonly<Record<string, number>>;
}

const WINDOW_MS = 3_000;

export async function statsOf(sandbox: Sandbox, app: string): Promise<AppStats> {
  const stats = (await loadStats(sandbox, app)).apps[app];
  if (!stats)
    throw new Error(
      `The load generator does not know ${app}. Take the sandbox down and start again: node bin/sluice.mjs sandbox down.`,
    );
  return stats;
}

/** The answers of the next three seconds. */
export async function answersNow(sandbox: Sandbox, app: string, signal: AbortSignal): Promise<Answers> {
  const before = await statsOf(sandbox, app);
  await sleep(WINDOW_MS, undefined, { signal });
  return answersBetween(before, await statsOf(sandbox, app));
}

export function answersBetween(before: AppStats, after: AppStats): Answers {
  const byVersion = countBy(before, after, () => true);
  const failed = countBy(before, after, (status) => status >= 500 || status === 404);
  const silent = after.connectionErrors - before.connectionErrors;
  if (silent > 0) failed['none'] = (failed['none'] ?? 0) + silent;
  return { byVersion, failed, total: Object.values(byVersion).reduce((sum, count) => sum + count, 0) };
}

/** Versions without an answer in this time are left out. */
function countBy(before: AppStats, after: AppStats, counts: (status: number) => boolean): Record<string, number> {
  const sum = (stats: AppStats, version: string) => {
    const entries = Object.entries(stats.versions[version]?.status ?? {}).filter(([status]) => counts(Number(status)));
    return entries.reduce((total, [, count]) => total + count, 0);
  };
  const rows = Object.keys(after.versions).map(
    (version) => [version, sum(after, version) - sum(before, version)] as const,
  );
  return Object.fromEntries(rows.filter(([, count]) => count > 0));
}

/** True when only this version answered and no request failed. */
export function allBy({ byVersion, failed }: Answers, version: string): boolean {
  return Object.keys(byVersion).join() === version && Object.keys(failed).length === 0;
}

export function describeAnswers({ byVersion, total }: Answers): string {
  const parts = Object.entries(byVersion).map(([version, count]) => `${count} by ${version}`);
  return `${plural(total, 'request')} answered in the last ${WINDOW_MS / 1000} s: ${parts.join(', ') || 'none'}`;
}
