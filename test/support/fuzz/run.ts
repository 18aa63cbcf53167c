import { performance } from 'node:perf_hooks';
import fc from 'fast-check';
import type { Command } from '../../../src/commands/command.ts';
import { inputsFor, rightShaped } from './arbitrary.ts';
import { createScene, NAMES, SCENES, type SceneName } from './scenes.ts';
import { callAndJudge, type Outcome } from './verdict.ts';

export interface Case {
  readonly scene: SceneName;
  readonly input: unknown;
}

export type Tried = Case & Outcome;

/** The same seed generates the same cases. SLUICE_FUZZ_SEED sets another one. */
export const SEED = Number(process.env['SLUICE_FUZZ_SEED'] ?? 20_261_121);
const AT_ONCE = 25;

export function casesFor(command: Command, count: number): Case[] {
  const arbitrary = fc.record({ scene: fc.constantFrom(...SCENES), input: inputsFor(command, NAMES) });
  return fc.sample(arbitrary, { numRuns: count, seed: SEED });
}

/** Tries every case in a separate world, many in parallel, because they mostly wait for proofs. */
export async function tryAll(command: Command, cases: readonly Case[]): Promise<Tried[]> {
  return mapAtOnce(cases, async (one) => {
    const scene = await createScene(one.scene);
    try {
      return { ...one, ...(await callAndJudge(command, one.input, scene)) };
    } finally {
      scene.world.stop();
    }
  });
}

/** The results in order. It limits the number of parallel calls. */
export async function mapAtOnce<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  atOnce = AT_ONCE,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) results[index] = await work(items[index] as T);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}

/** A call of the right shape, with the number of its requests when nothing fails. */
export interface FarCall extends Case {
  readonly requests: number;
}

const FAR_TRIES = 10;
const FAR_CALLS = 3;

/** The calls of a tool that get furthest: those that write first, then by the number of their requests. */
export async function farthestCalls(command: Command): Promise<FarCall[]> {
  const inputs = [
    ...command.examples.map(({ input }) => input),
    ...fc.sample(rightShaped(command, NAMES), { numRuns: FAR_TRIES, seed: SEED }),
  ];
  const cases = inputs.flatMap((input) => SCENES.map((scene) => ({ scene, input })));
  const tried = await mapAtOnce(cases, async ({ scene: name, input }) => {
    const scene = await createScene(name);
    const { written } = await callAndJudge(command, input, scene).finally(() => scene.world.stop());
    return { scene: name, input, requests: scene.clusters.requests, wrote: written.length > 0 };
  });
  const far = tried
    .filter(({ requests }) => requests > 0)
    .toSorted((a, b) => Number(b.wrote) - Number(a.wrote) || b.requests - a.requests);
  // One call for each scene, so that they differ.
  return far
    .filter(({ scene }, index) => far.findIndex((other) => other.scene === scene) === index)
    .slice(0, FAR_CALLS);
}

/** One line for each distinct complaint, with the first case that caused it. */
export function complaintsOf(tried: readonly Tried[]): string[] {
  const seen = new Map<string, string>();
  for (const { scene, input, complaints } of tried) {
    for (const complaint of complaints) {
      const key = complaint.split('\n')[0]?.slice(0, 60) ?? '';
      if (!seen.has(key)) seen.set(key, `${complaint.slice(0, 1500)}\n  in "${scene}" with ${shortened(input)}`);
    }
  }
  return [...seen.values()];
}

function shortened(input: unknown): string {
  return (
    JSON.stringify(input, (_, value: unknown) =>
      typeof value === 'string' && value.length > 200 ? `${value.slice(0, 40)}… (${value.length})` : value,
    ) ?? 'undefined'
  ).slice(0, 1500);
}

/** The count of each outcome. */
export function outcomesOf(tried: readonly Tried[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { result } of tried) counts[result] = (counts[result] ?? 0) + 1;
  return counts;
}

const HURRY = 30;

/**
 * Makes the clock of this test file run 30 times as fast. Proofs wait up to 20 s each by this clock, and a world in
 * memory settles in milliseconds or never. Returns the function that undoes it.
 */
export function speedUpClock(): () => void {
  const { now } = Date;
  const { performance: usual } = globalThis;
  const began = now();
  const start = performance.now();
  const hurried = () => (performance.now() - start) * HURRY;
  Date.now = () => Math.round(began + hurried());
  Object.defineProperty(globalThis, 'performance', { value: { now: hurried }, configurable: true, writable: true });
  return () => {
    Date.now = now;
    Object.defineProperty(globalThis, 'performance', { value: usual, configurable: true, writable: true });
  };
}
