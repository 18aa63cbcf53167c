import { expect, test } from '@jest/globals';
import { seeded } from '../../../../bench/analysis/random.ts';
import type { TimedBlock } from '../../../../src/domain/analysis/blocks.ts';
import { addBlocks, concludes, startJudge, verdictOf } from '../../../../src/domain/analysis/running-judge.ts';
import {
  addToTools,
  meanWithTools,
  MOST_TOOLS,
  type ToolsState,
} from '../../../../src/domain/analysis/tools/tool-judge.ts';

const SETTINGS = { alpha: 0.05, errorsMargin: 0.01, slowMargin: 0.02 };
const BOUNDS = [10, 100, 1_000, 5_000];
const START = 1_000_000;

/** Calls of one tool in each block, and the shares of them that are bad, and slower than each bound. */
interface Tool {
  readonly calls: number;
  readonly bad?: Readonly<{ candidate: number; stable: number }>;
  /** By arm: the time of most answers, in ms. */
  readonly takes?: Readonly<{ candidate: number; stable: number }>;
}

type Tools = Readonly<Record<string, Tool>>;

function blockAt(index: number, tools: Tools, random: () => number): TimedBlock {
  const hits = (calls: number, share: number) =>
    Array.from({ length: calls }, random).filter((one) => one < share).length;
  const counted = Object.entries(tools).map(([name, { calls, bad, takes }]) => {
    const arm = (share: number) => ({ requests: calls, bad: hits(calls, share) });
    const both = (of: (which: 'candidate' | 'stable') => number) => ({
      candidate: arm(of('candidate')),
      stable: arm(of('stable')),
    });
    const slow = BOUNDS.map(
      (ms) => [`slow-${ms}ms`, both((which) => ((takes?.[which] ?? 1) > ms ? 0.98 : 0))] as const,
    );
    return [name, { errors: both((which) => bad?.[which] ?? 0), ...Object.fromEntries(slow) }] as const;
  });
  const add = (name: string, arm: 'candidate' | 'stable') =>
    counted.reduce(
      (sum, [, questions]) => ({
        requests: sum.requests + (questions[name as 'errors']?.[arm].requests ?? 0),
        bad: sum.bad + (questions[name as 'errors']?.[arm].bad ?? 0),
      }),
      { requests: 0, bad: 0 },
    );
  const names = ['errors', ...BOUNDS.map((ms) => `slow-${ms}ms`)];
  const questions = names.map(
    (name) => [name, { candidate: add(name, 'candidate'), stable: add(name, 'stable') }] as const,
  );
  const at = START + index * 1_000;
  const all = Object.fromEntries(questions);
  return { from: at, to: at + 1_000, instance: 'gateway', questions: all, tools: Object.fromEntries(counted) };
}

function judged(tools: Tools, blocks: number, seed = 7, weight = 50) {
  const random = seeded(seed);
  const all = Array.from({ length: blocks }, (_, index) => blockAt(index, tools, random));
  const { state } = addBlocks(SETTINGS, startJudge(SETTINGS, [], BOUNDS, START, true), all, { from: START, weight });
  const { outcome, findings } = verdictOf(SETTINGS, state, { inStep: 1e6, minRequests: 1, known: BOUNDS });
  return {
    state,
    outcome,
    findings,
    failed: findings.filter((one) => one.outcome === 'fail').map(({ metric }) => metric),
  };
}

const summary = ({ findings }: ReturnType<typeof judged>) => findings.find(({ metric }) => metric === 'tools')?.reason;

test('a tool that fails is named, although its errors are lost among the calls of another one', () => {
  const { outcome, findings, failed } = judged(
    { echo: { calls: 200 }, add: { calls: 2, bad: { candidate: 0.9, stable: 0 } } },
    30,
  );
  expect(outcome).toBe('fail');
  expect(failed).toEqual(['errors of add']);
  expect(findings.find(({ metric }) => metric === 'errors of add')?.reason).toMatch(
    /^errors of add: new \d+\.\d\d % of \d+, stable 0.00 % of \d+; worse by more than 1.0 points/,
  );
});

test('a tool that became slow is named with a bound of its own', () => {
  const tools = { echo: { calls: 40 }, report: { calls: 20, takes: { stable: 400, candidate: 3_000 } } };
  expect(judged(tools, 60).failed).toContain('slow-1000ms of report');
});

test('a good version is not failed, and the tools with too few calls are said', () => {
  const found = judged({ echo: { calls: 20 }, rare: { calls: 1 } }, 15);
  expect(found.failed).toEqual([]);
  // The block with which a tool begins is no evidence.
  expect(summary(found)).toBe(
    'tools: none is proved worse of echo (new 280 calls, stable 280 calls); too few calls to judge by itself: rare (new 14 calls, stable 14 calls)',
  );
});

test('names that callers made up are not judged, nor are tools that only the new version has', () => {
  const madeUp = { calls: 5, bad: { candidate: 1, stable: 1 } };
  const { state } = judged({ echo: { calls: 5 }, 'no such tool': madeUp }, 10);
  expect(Object.keys(state.tools ?? {})).toEqual(['echo']);
});

test('of many tools the first are judged by themselves, and this is said', () => {
  const many = Object.fromEntries(Array.from({ length: MOST_TOOLS + 4 }, (_, index) => [`t${index}`, { calls: 3 }]));
  const found = judged(many, 10);
  expect(Object.keys(found.state.tools ?? {})).toEqual(Object.keys(many).slice(0, MOST_TOOLS));
  expect(summary(found)).toContain(`only the first ${MOST_TOOLS} tools are judged by themselves`);
});

test('the parts of the budget add up to one, so that tools without evidence neither help nor harm', () => {
  let tools: ToolsState = {};
  for (let count = 0; count <= MOST_TOOLS; count += 1) {
    expect(meanWithTools(0, tools)).toBeCloseTo(0, 9);
    const calls = Object.fromEntries(Array.from({ length: count + 1 }, (_, index) => [`t${index}`, { calls: 30 }]));
    const moment = { ms: 1_000, ageMs: 0, at: START + count * 1_000, comparedWith: 'stable' as const };
    tools = addToTools(tools, blockAt(count, calls, () => 0.5).tools, SETTINGS, moment, 'warm-up');
  }
  expect(Object.values(tools).filter(({ slow }) => slow)).not.toEqual([]);
});

test('equal versions with many tools are failed no more often than the budget allows', () => {
  const share = { candidate: 0.05, stable: 0.05 };
  const tools = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`t${index}`, { calls: 4, bad: share }]));
  const runs = Array.from({ length: 40 }, (_, seed) => concludes(SETTINGS.alpha, judged(tools, 20, seed + 1).state));
  // With 40 runs at 5 %, seven or more failures have a probability below 1 %.
  expect(runs.filter((one) => one === 'fail').length).toBeLessThan(7);
});

test('at a new weight the proofs begin anew, and the evidence against a tool stays', () => {
  const tools = { echo: { calls: 20 }, add: { calls: 4, bad: { candidate: 0.9, stable: 0 } } };
  const { state } = judged(tools, 40);
  const block = blockAt(41, tools, seeded(3));
  const next = addBlocks(SETTINGS, state, [block], { from: block.from, weight: 80 }).state;
  expect(next.tools?.['add']?.errors.candidate.requests).toBe(4);
  expect(next.tools?.['add']?.errors.mostWorse).toBeGreaterThanOrEqual(
    state.tools?.['add']?.errors.mostWorse ?? Infinity,
  );
});
