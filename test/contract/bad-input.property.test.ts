import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CATALOGUE } from '../../src/toolsets/index.ts';
import { failureText, toFailure } from '../../src/contract/failure.ts';
import { parseReleaseFile, releaseFile } from '../../src/contract/release-file.ts';
import { toReleaseSpec } from '../../src/contract/release-spec.ts';
import { toMs } from '../../src/contract/duration.ts';
import { toDuration } from '../../src/domain/duration-text.ts';
import { SluiceError } from '../../src/domain/errors.ts';
import { maskSecrets } from '../../src/domain/safe-text.ts';
import { DEFAULTS } from '../support/fake-gateway.ts';

const anything = fc.anything({
  withNullPrototype: true,
  withBigInt: true,
  withDate: true,
  withMap: true,
  withObjectString: true,
});
const fieldNames = [
  'target',
  'namespace',
  'rollout',
  'cluster',
  'image',
  'strategy',
  'steps',
  'analysis',
  'judge',
  'alpha',
  'margins',
  'slower_than_ms',
  'on_no_data',
  'extend',
  'soak',
  'timeouts',
  'step',
  'release_id',
  'confirm',
  'all',
  'reason',
  '__proto__',
  'constructor',
  'toString',
];
/** Nearly right: known names with any value, some levels deep. */
const nearMiss = fc.dictionary(
  fc.oneof(fc.constantFrom(...fieldNames), fc.string()),
  fc.oneof(anything, fc.dictionary(fc.constantFrom(...fieldNames), anything)),
);

function accepted(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(SluiceError);
    const text = failureText(toFailure(error));
    expect(text).toMatch(/^(INVALID_INPUT|UNKNOWN_NAME): /);
    expect(text).not.toMatch(/\n\s+at .+:\d+/);
    // eslint-disable-next-line no-control-regex
    expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f]/);
    return false;
  }
}

test.each(CATALOGUE.map((command) => [command.name, command] as const))(
  '%s answers any input with the catalogue or accepts it',
  (_, command) => {
    fc.assert(
      fc.property(fc.oneof(anything, nearMiss), (input) => void accepted(() => command.check(input, DEFAULTS))),
      { numRuns: 300 },
    );
  },
);

test('what a release file accepts always maps to a whole spec', () => {
  const file = fc.record(
    {
      target: fc.record(
        { namespace: fc.constantFrom('shop', 'x'), rollout: fc.constantFrom('web', 'web.v2') },
        { requiredKeys: ['namespace', 'rollout'] },
      ),
      image: fc.constantFrom('a:b', 'registry.example/a/b@sha256:00', 'a'),
      strategy: fc.constantFrom('canary', 'blue-green'),
      steps: fc
        .uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 6 })
        .map((weights) => [...weights.toSorted((a, b) => a - b), 100]),
      analysis: fc.record(
        {
          soak: fc.constantFrom('1s', '2m', '1h30m'),
          success_ratio: fc.double({ min: 0, max: 1, noNaN: true }),
          judge: fc.constantFrom('limits', 'sequential'),
          alpha: fc.double({ min: 0, max: 0.6, noNaN: true }),
          on_inconclusive: fc.constantFrom('hold', 'extend'),
          extend: fc.constantFrom('1m', '1h'),
        },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: ['target', 'image'] },
  );
  fc.assert(
    fc.property(file, (input) => {
      if (!accepted(() => parseReleaseFile(releaseFile, input, 'canary'))) return;
      const spec = toReleaseSpec(parseReleaseFile(releaseFile, input, 'canary'), 'prod', DEFAULTS);
      expect(Object.values(spec.timeouts).every((ms) => ms > 0)).toBe(true);
      expect(spec.steps === undefined).toBe(spec.strategy === 'canary');
      expect(spec.analysis.sequential !== undefined).toBe(input.analysis?.judge !== 'limits');
      expect(spec.analysis.sequential !== undefined || spec.analysis.minSuccessRatio !== undefined).toBe(true);
    }),
  );
});

test('a duration reads back as what was written', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000_000 }), (seconds) =>
      expect(toMs(toDuration(seconds * 1000))).toBe(seconds * 1000),
    ),
  );
});

test.each([
  ['Authorization: Bearer abcdefgh12345678'],
  ['https://user:pa55word@host/x'],
  ['password=hunter22 next'],
  ['jwt eyJhbGciOiJI.eyJzdWIiOiIx.c2ln'],
])('%s is masked', (text) => {
  const masked = maskSecrets(text);

  expect(masked).toContain('***');
  expect(masked).not.toMatch(/abcdefgh|pa55word|hunter22|eyJ/);
});
