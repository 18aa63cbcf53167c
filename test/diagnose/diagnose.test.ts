import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { DEFAULT_BYTES } from '../../src/contract/cluster-object.ts';
import { CATALOGUE } from '../../src/toolsets/index.ts';
import { DiagnosisBench, type Made } from '../support/diagnosis/bench.ts';
import { scoreLine, scoreOf, type CaseResult } from '../support/diagnosis/score.ts';
import { FluxStage } from '../support/flux-stage.ts';
import { sharedFlux } from '../support/sandbox.ts';
import { DEFAULTS } from '../support/fake-gateway.ts';
import { CREATION_CASES } from './cases/creation.ts';
import { FLUX_CASES, FLUX_FILES } from './cases/flux.ts';
import { HEALTHY_CASES } from './cases/healthy.ts';
import { NETWORK_CASES } from './cases/network.ts';
import { OBJECT_CASES } from './cases/objects.ts';
import { POD_CASES } from './cases/pods.ts';
import { SCHEDULING_CASES } from './cases/scheduling.ts';
import { WORKLOAD_CASES } from './cases/workloads.ts';

// The controllers may have to be built, and they work at their own pace.
jest.setTimeout(240_000);

const ONLY = process.env['DIAGNOSE_ONLY'];
const TUNED = [
  ...[...POD_CASES, ...SCHEDULING_CASES, ...CREATION_CASES, ...NETWORK_CASES, ...WORKLOAD_CASES, ...OBJECT_CASES],
  ...[...FLUX_CASES, ...HEALTHY_CASES],
].filter(({ name }) => ONLY === undefined || new RegExp(ONLY).test(name));

let flux: FluxStage;
let bench: DiagnosisBench;
let tuned: readonly Made[];

beforeAll(async () => {
  const sandbox = await sharedFlux();
  flux = new FluxStage(sandbox);
  await flux.open();
  await flux.push(FLUX_FILES, 'the folders of the cases');
  bench = new DiagnosisBench(sandbox, flux.url);
  await bench.open();
  tuned = await bench.all(TUNED);
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
  for (const { answer } of tuned) {
    expect(Buffer.byteLength(JSON.stringify(answer ?? {}))).toBeLessThanOrEqual(DEFAULT_BYTES + 500);
    for (const { step, evidence } of answer?.causes ?? []) {
      const command = CATALOGUE.find(({ name }) => name === step.tool);
      expect(() => command?.check(step.arguments, DEFAULTS)).not.toThrow();
      expect([step.tool, command?.kind, evidence.length > 0]).toEqual([step.tool, 'read', true]);
    }
  }
});

test('precision and recall', () => {
  const score = scoreOf(results(tuned));
  process.stdout.write(`${scoreLine('tuned', score)}\n`);
  expect(score.precision).toBeGreaterThanOrEqual(0.95);
  expect(score.recall).toBeGreaterThanOrEqual(0.95);
});
