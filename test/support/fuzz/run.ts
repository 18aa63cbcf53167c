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

/** The same seed makes the same cases. SLUICE_FUZZ_SEED sets another one. */
export const SEED = Number(process.env['SLUICE_FUZZ_SEED'] ?? 20_261_121);
const AT_ONCE = 25;

export function casesFor(command: Command, count: number): Case[] {
  const arbitrary = fc.record({ scene: fc.constantFrom(...SCENES), input: inputsFor(command, NAMES) });
  return fc.sample(arbitrary, { numRuns: count, seed: SEED });
}

/** Tries every case in a world of its own, many at a time: most of their time is spent waiting for proofs. */
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

/** In order, at most 25 at a time. */
export async function mapAtOnce<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) results[index] = await work(items[index] as T);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

/** A call that gets through to the end when nothing goes wrong. */
export interface Good {
  readonly scene: SceneName;
  readonly input: unknown;
  readonly requests: number;
}

/** Right-shaped calls of a tool that end well, up to three for each scene, with the number of requests that each makes. */
export async function goodCalls(command: Command): Promise<Good[]> {
  const inputs = fc.sample(rightShaped(command, NAMES), { numRuns: 60, seed: SEED });
  const cases = [...command.examples.map(({ input }) => input), ...inputs].flatMap((input) => SCENES.map((scene) => ({ scene, input })));
  const tried = await mapAtOnce(cases, async ({ scene: name, input }) => {
    const scene = await createScene(name);
    const outcome = await callAndJudge(command, input, scene).finally(() => scene.world.stop());
    return { scene: name, input, requests: scene.clusters.requests, good: outcome.result === 'ok' && (command.kind === 'read' || outcome.written.length > 0) };
  });
  return SCENES.flatMap((scene) => tried.filter((one) => one.good && one.scene === scene && one.requests > 0).slice(0, 2));
}

/** One line for each distinct complaint, with the first case that it was made of. */
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
  return (JSON.stringify(input, (_, value: unknown) => (typeof value === 'string' && value.length > 200 ? `${value.slice(0, 40)}… (${value.length})` : value)) ?? 'undefined').slice(0, 1500);
}

/** How often each outcome came. */
export function outcomesOf(tried: readonly Tried[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { result } of tried) counts[result] = (counts[result] ?? 0) + 1;
  return counts;
}

const HURRY = 30;

/**
 * Makes the clock of this test file run 30 times as fast. Proofs are waited for by the clock, up to 20 s each, and a world in memory
 * settles in milliseconds or never. Returns how to undo it.
 */
export function hurryClock(): () => void {
  const real = Date.now;
  const began = real();
  const start = performance.now();
  Date.now = () => Math.round(began + (performance.now() - start) * HURRY);
  return () => void (Date.now = real);
}
