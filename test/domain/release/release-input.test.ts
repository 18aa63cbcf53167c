import { describe, expect, test } from '@jest/globals';
import { toReleaseSpec } from '../../../src/contract/release-spec.ts';
import {
  checkedInput,
  DEFAULT_ANALYSIS,
  DEFAULT_TIMEOUTS,
  InputProblem,
} from '../../../src/domain/release/release-input.ts';
import { SPEC } from '../../support/fake-gateway.ts';

const least = { target: SPEC.target, image: 'shop:v2', strategy: 'canary' };

test('a whole input stays as it is', () => {
  const input = { spec: SPEC, startedBy: 'ada', requestId: 'r' };
  expect(checkedInput(input, 'run')).toEqual(input);
});

test('what is missing gets the defaults of a release file, which are the careful ones', () => {
  const file = { target: { namespace: 'shop', rollout: 'web' }, image: 'shop:v2', strategy: 'canary' } as const;
  const settings = { defaultStrategy: 'canary', requireManualPromotion: true, autoRollback: true } as const;

  const { spec, startedBy, requestId } = checkedInput({ spec: least }, 'run');

  expect(spec).toEqual(toReleaseSpec(file, SPEC.target.cluster, { ...settings, weightStep: undefined }));
  expect(spec).toMatchObject({ manualPromotion: true, analysis: DEFAULT_ANALYSIS, timeouts: DEFAULT_TIMEOUTS });
  expect({ startedBy, requestId }).toEqual({ startedBy: 'unknown (started in Temporal)', requestId: 'run' });
});

test('parts of timeouts and analysis are filled in one by one', () => {
  const given = { ...least, timeouts: { stepMs: 1 }, analysis: { minSuccessRatio: 0.9 } };
  const { spec } = checkedInput({ spec: given }, 'run');

  expect(spec.timeouts).toEqual({ ...DEFAULT_TIMEOUTS, stepMs: 1 });
  expect(spec.analysis).toEqual({ soakMs: 60_000, minRequests: 50, holdMs: 600_000, minSuccessRatio: 0.9 });
});

describe('bad input is refused by the field', () => {
  const cases: readonly [string, unknown, RegExp][] = [
    ['nothing', undefined, /^input: is missing/],
    ['an empty object', {}, /^spec: is missing/],
    ['a release file', { target: { namespace: 'a', rollout: 'b' }, image: 'c' }, /^spec: is missing/],
    ['no target', { spec: { image: 'a', strategy: 'canary' } }, /^spec\.target: is missing/],
    [
      'no cluster',
      { spec: { ...least, target: { namespace: 'a', rollout: 'b' } } },
      /^spec\.target\.cluster: is missing/,
    ],
    ['an image that is no text', { spec: { ...least, image: 7 } }, /^spec\.image: must be a text/],
    ['no strategy', { spec: { ...least, strategy: '' } }, /^spec\.strategy: must be a text/],
    [
      'a duration as text',
      { spec: { ...least, timeouts: { stepMs: '10m' } } },
      /^spec\.timeouts\.stepMs: must be a num/,
    ],
    ['a boolean as text', { spec: { ...least, manualPromotion: 'no' } }, /^spec\.manualPromotion: must be a boolean/],
    ['a starter that is no text', { spec: least, startedBy: 1 }, /^startedBy: must be a text/],
  ];
  test.each(cases)('%s', (_, input, message) => {
    expect(() => checkedInput(input, 'run')).toThrow(InputProblem);
    expect(() => checkedInput(input, 'run')).toThrow(message);
  });
});
