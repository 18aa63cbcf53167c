import { describe, expect, test } from '@jest/globals';
import type { CommandContext } from '../../../src/commands/command.ts';
import { releasePlan } from '../../../src/toolsets/release/release-plan.ts';
import { AT, createFakeGateway, DEFAULTS, fakeServices } from '../../support/fake-gateway.ts';
import { FakeMetrics } from '../../support/fake-metrics.ts';

const FILE = { target: { namespace: 'shop', rollout: 'web' }, image: 'shop:v2' };

const ROLLS_BACK = { on_no_data: 'rollback', on_too_little_traffic: 'rollback', on_inconclusive: 'rollback' };

/** The plan as a person reads it. */
async function planned(file: object = {}, evidence?: FakeMetrics): Promise<string> {
  const services = fakeServices(createFakeGateway());
  const worlds: CommandContext['worlds'] = {
    of: async (context) => ({ ...(await services.worlds.of(context)), ...(evidence && { evidence }) }),
  };
  const context: CommandContext = {
    ...services,
    worlds,
    caller: { id: 'cli:test', kind: 'cli' },
    signal: new AbortController().signal,
    progress: () => Promise.resolve(),
  };
  return releasePlan.text(await releasePlan.run(context, releasePlan.check({ ...FILE, ...file }, DEFAULTS)));
}

test('a plan says what is compared, with which margins, and about how long each step takes at the present traffic', async () => {
  const text = await planned();

  expect(text).toContain(
    'Each step is compared with the stable version: failed answers, at most 1 point more than stable; answers slower than 25 ms, at most 5 points more than stable.',
  );
  expect(text).toContain(
    'At the present 40 requests/s a version as good as stable needs about 1m45s at 10 %, about 1m at 50 %.',
  );
  expect(text).toContain('After each step that passes, somebody has to promote within 1d (release_promote).');
  expect(text).toContain('After its success the new version is watched for 30m.');
});

test('a plan with fixed limits names them', async () => {
  const text = await planned({ analysis: { judge: 'limits', p95_ms: 300 } });

  expect(text).toContain(
    'Nothing is compared with the stable version.\nLimits: at least 99 % successes; p95 at most 300 ms.',
  );
});

test('a step that would only ask is named, with the fields that change it', async () => {
  const text = await planned({ analysis: { margins: { errors: 0.0001, slow: 0.0001 } } });

  expect(text).toContain(
    'does not pass 10 %, 50 % before the hold of 10m ends: larger weights, analysis.margins or analysis.hold',
  );
});

test('without traffic a plan promises nothing', async () => {
  const silent = new FakeMetrics(15_000);
  silent.record(AT, []);

  expect(await planned({}, silent)).toContain('No request was counted in the last 5 minutes');
});

test('a Prometheus that is away leaves out what it would tell', async () => {
  const away = new FakeMetrics(15_000);
  away.away = true;

  expect(await planned({}, away)).not.toContain('compared with');
});

test('a plan names the people who approve later, and what happens without them', async () => {
  const by = [{ issuer: 'os', subject: 'ada' }];
  const text = await planned({
    approvals: [
      { phase: 'step', weights: [10], by },
      { phase: 'emergency', by },
    ],
  });

  expect(text).toContain(
    [
      'Other people than the one who starts it have to agree before weight 10 is left: 1 of: os#ada.',
      'Other people than the one who starts it have to agree for skip-analysis and override-windows: 1 of: os#ada.',
      'Without their answer within 1d it is rolled back.',
      'An agreement with a command lapses after 1d.',
      'After each other step that passes, somebody has to promote within 1d (release_promote).',
    ].join('\n'),
  );
  expect(await planned({ approvals: [{ phase: 'step', weights: [20], by }] })).toContain(
    '✗ approvers: weight 20 is no step of this release, which has 10, 50',
  );
});

describe('a plan says who has to answer, how, within which time, and what happens without an answer', () => {
  const APPROVAL =
    'Before anything is changed, somebody has to approve it within 2h (release_approve or release_reject)';

  test('an approval', async () => {
    const approved = await planned({ approval: { required: true }, timeouts: { approval: '2h' } });
    expect(approved).toContain(`${APPROVAL}. Without an answer it ends and changes nothing.`);
    expect(await planned()).not.toContain('approve');
  });

  test.each([
    [{}, ['stays undecided']],
    [{ auto_rollback: false }, ['stays undecided or fails']],
    [{ auto_rollback: false, analysis: ROLLS_BACK }, ['fails']],
    [{ require_manual_promotion: false, analysis: ROLLS_BACK }, []],
  ])('%j: a decision', async (file, asked) => {
    const text = await planned(file);
    const found = [...text.matchAll(/If a step (.*), somebody has to decide within 1d/g)].map(([, what]) => what);
    expect(found).toEqual(asked);
    expect(text.includes('Without an answer in that time it is rolled back.')).toBe(asked.length > 0);
  });
});
