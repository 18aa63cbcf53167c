import { expect, test } from '@jest/globals';
import { buildReport } from '../../../src/domain/report/build-report.ts';
import { withLive } from '../../../src/domain/report/live-entries.ts';
import { aView, AT } from '../../support/fake-gateway.ts';
import { recordedRelease } from '../../support/report/recorded-release.ts';

const kept = recordedRelease({ endsIn: 1 });

test('what the workflow says of itself is newer than the journal, and is not told twice', () => {
  const events = kept.flatMap((entry) => (entry.kind === 'event' ? [entry.data] : []));
  const commands = kept.flatMap((entry) => (entry.kind === 'command' ? [entry.data] : []));
  const at = AT + 9_000_000;
  const view = aView({
    state: 'paused',
    reason: 'lunch',
    events: [...events, { at, state: 'paused', text: 'paused', who: 'cli:bo' }],
    commands,
  });

  const report = buildReport(withLive(kept, view));

  expect(report?.release).toMatchObject({ state: 'paused', reason: expect.stringContaining('lunch'), until: at });
  expect(report?.events).toHaveLength(events.length + 1);
  expect(report?.commands).toHaveLength(commands.length);
  expect(report?.people.map(({ who }) => who)).toEqual(['cli:ada', 'cli:bo']);
});

test('a release that no journal knows is told from its workflow alone', () => {
  const verdict = {
    outcome: 'pass',
    reason: 'fine',
    findings: [],
    candidate: { requests: 100, errors: 1 },
    stable: { requests: 900, errors: 3 },
    from: AT,
    to: AT + 60_000,
  } as const;

  const report = buildReport(withLive([], aView({ verdict })));

  expect(report).toMatchObject({
    release: { state: 'soaking' },
    verdicts: [{ outcome: 'pass' }],
    comparisons: [{ source: 'verdicts' }],
    events: [{ text: 'weight 10 for 60 s' }],
  });
});
