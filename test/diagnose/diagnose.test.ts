import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { DEFAULT_BYTES } from '../../src/contract/cluster-object.ts';
import { CATALOGUE } from '../../src/toolsets/index.ts';
import { DiagnosisBench, type Made } from '../support/diagnosis/bench.ts';
import type { DiagnosisCase } from '../support/diagnosis/case.ts';
import { scoreLine, scoreOf, type CaseResult } from '../support/diagnosis/score.ts';
import { FluxStage } from '../support/flux-stage.ts';
import { sharedFlux } from '../support/sandbox.ts';
import { DEFAULTS } from '../support/fake-gateway.ts';
import { CREATION_CASES } from './cases/creation.ts';
import { FLUX_CASES, FLUX_FILES } from './cases/flux.ts';
import { HEALTHY_CASES } from './cases/healthy.ts';
import { HELD_OUT_FILES, HELD_OUT_FLUX } from './cases/held-out-flux.ts';
import { HELD_OUT_HEALTHY, HELD_OUT_PODS } from './cases/held-out.ts';
import { NETWORK_CASES } from './cases/network.ts';
import { OBJECT_CASES } from './cases/objects.ts';
import { POD_CASES } from './cases/pods.ts';
import { SCHEDULING_CASES } from './cases/scheduling.ts';
import { WORKLOAD_CASES } from './cases/workloads.ts';

// The controllers may have to be built, and they work at their own pace.
jest.setTimeout(240_000);

/** Part of the name of a case, while one of them is worked on. */
const ONLY = process.env['DIAGNOSE_ONLY'];
const isAsked = ({ name }: DiagnosisCase): boolean => ONLY === undefined || name.includes(ONLY);
/** Those that take longest are first. */
const TUNED = [
  ...[...OBJECT_CASES, ...FLUX_CASES, ...WORKLOAD_CASES, ...NETWORK_CASES, ...CREATION_CASES, ...SCHEDULING_CASES],
  ...[...POD_CASES, ...HEALTHY_CASES],
].filter(isAsked);
const HELD_OUT = [...HELD_OUT_PODS, ...HELD_OUT_HEALTHY, ...HELD_OUT_FLUX].filter(isAsked);

let flux: FluxStage;
let bench: DiagnosisBench;
let tuned: readonly Made[];
let heldOut: readonly Made[];

beforeAll(async () => {
  const sandbox = await sharedFlux();
  flux = new FluxStage(sandbox);
  await flux.open();
  await flux.push({ ...FLUX_FILES, ...HELD_OUT_FILES }, 'the folders of the cases');
  bench = new DiagnosisBench(sandbox, flux.url);
  await bench.open();
  const made = await bench.all([...TUNED, ...HELD_OUT]);
  tuned = made.slice(0, TUNED.length);
  heldOut = made.slice(TUNED.length);
}, 1_500_000);

afterAll(async () => {
  await bench.close();
  await flux.close();
}, 120_000);

const found = ({ answer }: Made): readonly string[] =>
  [...new Set(answer?.causes.map(({ cause }) => cause))].toSorted();
const results = (made: readonly Made[]): readonly CaseResult[] =>
  made.map((one) => ({ of: one.of, found: found(one) }));

describe('each cluster is diagnosed', () => {
  test.each(TUNED.map((one, index) => [one.name, index] as const))('%s', (_, index) => {
    const made = tuned[index] as Made;
    const { problem, answer } = made;
    expect({ problem, found: found(made), answer }).toEqual({
      found: made.of.expected.toSorted(),
      answer: expect.anything(),
    });
  });
});

test('every answer is bounded, and every step in it is a call that its tool accepts', () => {
  for (const { answer } of [...tuned, ...heldOut]) {
    expect(Buffer.byteLength(JSON.stringify(answer ?? {}))).toBeLessThanOrEqual(DEFAULT_BYTES + 500);
    for (const { step, evidence } of answer?.causes ?? []) {
      const command = CATALOGUE.find(({ name }) => name === step.tool);
      expect(() => command?.check(step.arguments, DEFAULTS)).not.toThrow();
      expect([step.tool, command?.kind, evidence.length > 0]).toEqual([step.tool, 'read', true]);
    }
  }
});

test('every held-out case was made', () => {
  expect(heldOut.flatMap(({ of, problem }) => (problem === undefined ? [] : [`${of.name}: ${problem}`]))).toEqual([]);
});

test.each([
  ['tuned', () => tuned, 0.95],
  ['held out', () => heldOut, 0.85],
] as const)('precision and recall, %s', (name, made, floor) => {
  const all = results(made());
  const score = scoreOf(all);
  const wrong = all.filter(({ of, found: names }) => names.join() !== of.expected.toSorted().join());
  process.stdout.write(`${scoreLine(name, score)}\n`);
  for (const { of, found: names } of wrong)
    process.stdout.write(`  ${of.name}: found ${names.join(', ') || 'nothing'}\n`);
  expect(score.precision).toBeGreaterThanOrEqual(floor);
  expect(score.recall).toBeGreaterThanOrEqual(floor);
});
