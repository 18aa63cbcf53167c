import { setTimeout as sleep } from 'node:timers/promises';
import { loadStats, type Sandbox } from '../sandbox/index.ts';
import { APP, type Cluster } from './cluster.ts';
import type { Contender } from './contenders.ts';

/**
 * Weights of the two pauses. At the abort half of the traffic is on the new version, so the time of its last answer is
 * accurate to about 10 ms.
 */
export const WEIGHTS = [25, 50] as const;
/**
 * Time that the Rollout is unchanged before each command. A random time is added, so that commands are not in phase
 * with a timer.
 */
const STILL_MS = 3_000;
const CHANCE_MS = 1_500;
/** Long enough for the last answers to arrive after the weight is 0. */
const DRAIN_MS = 3_000;

export interface Round {
  readonly promoteMs: number;
  readonly abortMs: number;
  /** Time until weight 0 was written. The rest is Traefik's time. */
  readonly abortWrittenMs: number;
  /** Time until the contender's own command returned. */
  readonly promoteCallMs: number;
  readonly abortCallMs: number;
}

/** Runs one release of `tag` to its second pause and back, and measures both commands. */
export async function measure(contender: Contender, cluster: Cluster, sandbox: Sandbox, tag: string): Promise<Round> {
  await cluster.healthy();
  await contender.begin(`shop:${tag}`);
  await standStill(cluster, 1);
  const promote = await timed(
    () => contender.promote(),
    () => cluster.whenWeight(WEIGHTS[1]),
  );
  await contender.held();
  await standStill(cluster, 3);
  const calledAt = Date.now();
  const abort = await timed(
    () => contender.abort(),
    () => cluster.whenWeight(0),
  );
  await sleep(DRAIN_MS);
  const last = (await loadStats(sandbox, APP)).apps[APP]?.versions[tag]?.lastAt;
  if (last === undefined)
    throw new Error(`The load generator was never answered by ${tag}. See: sluice sandbox logs load.`);
  await contender.finish();
  await cluster.healthy();
  return {
    promoteMs: promote.effectMs,
    abortMs: last - calledAt,
    abortWrittenMs: abort.effectMs,
    promoteCallMs: promote.callMs,
    abortCallMs: abort.callMs,
  };
}

async function standStill(cluster: Cluster, pause: number): Promise<void> {
  await cluster.pausedAt(pause);
  await sleep(STILL_MS + Math.random() * CHANCE_MS);
}

async function timed(
  call: () => Promise<void>,
  effect: () => Promise<number>,
): Promise<{ callMs: number; effectMs: number }> {
  const began = performance.now();
  const [called, seen] = await Promise.all([call().then(() => performance.now()), effect()]);
  return { callMs: called - began, effectMs: seen - began };
}
