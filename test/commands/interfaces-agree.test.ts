import { describe, expect, test } from '@jest/globals';
import { frame } from '../../src/cli/watch-frame.ts';
import type { CommandContext } from '../../src/commands/command.ts';
import { describeRelease } from '../../src/domain/release/describe.ts';
import { isClosed, RELEASE_STATES } from '../../src/domain/release/state.ts';
import { releaseGet } from '../../src/toolsets/release/release-get.ts';
import { releaseReport, reportFile } from '../../src/toolsets/release/release-report.ts';
import { releaseWait } from '../../src/toolsets/release/release-wait.ts';
import { createFakeGateway, fakeServices } from '../support/fake-gateway.ts';
import { MOMENTS, type Moment } from '../support/every-state.ts';

function contextOf({ view }: Moment): CommandContext {
  return {
    ...fakeServices(createFakeGateway([view])),
    caller: { id: 'cli:ada', kind: 'cli' },
    signal: new AbortController().signal,
    progress: () => Promise.resolve(),
  };
}

const plain = (text: string): string =>
  text
    .replace(/\u001b\[\d+m/g, '') // eslint-disable-line no-control-regex
    .replaceAll('&quot;', '"')
    .replace(/\s+/g, ' ');

/** The text of each interface for a state. */
async function interfaces(moment: Moment): Promise<Readonly<Record<string, string>>> {
  const context = contextOf(moment);
  const which = { release_id: moment.view.id };
  const [got, waited, reported] = await Promise.all([
    releaseGet.run(context, { ...which, detail: 'full' }),
    releaseWait.run(context, { ...which, timeout_seconds: 0 }),
    releaseReport.run(context, which),
  ]);
  const page = await reportFile.run(context, { ...which, format: 'html' });
  return {
    get: plain(releaseGet.text(got)),
    wait: plain(releaseWait.text(waited)),
    watch: plain(frame(got, undefined, 400)),
    report: plain(releaseReport.text(reported)),
    page: plain(page.text),
    'Temporal UI': plain(describeRelease(moment.view)),
  };
}

test('every state has a moment', () => {
  expect(new Set(MOMENTS.map(({ view: { state } }) => state))).toEqual(new Set(RELEASE_STATES));
});

describe.each(MOMENTS.map((moment) => [moment.name, moment] as const))('%s', (_, moment) => {
  const { view, headline, waits, users } = moment;

  test('one answer in JSON', async () => {
    const context = contextOf(moment);
    for (const command of [releaseGet, releaseWait]) {
      const output = await command.run(context, { release_id: view.id, timeout_seconds: 0 });

      expect(output).toMatchObject({ state: view.state, reason: expect.stringContaining(headline) });
      expect(output.waiting && { for: output.waiting.for, answers: output.waiting.answers }).toEqual(waits);
      expect(output.users_percent).toBe(users);
    }
  });

  test('every interface shows state and headline', async () => {
    for (const [name, text] of Object.entries(await interfaces(moment))) {
      expect([name, text]).toEqual([name, expect.stringContaining(headline)]);
      expect([name, text]).toEqual([name, expect.stringMatching(view.state.replaceAll('-', '[- ]'))]);
    }
  });

  test('who waits is said, and who does not wait is not asked', async () => {
    const { get, wait, watch, page, ...others } = await interfaces(moment);
    for (const text of [get, wait, watch, page, others['Temporal UI']] as string[])
      expect(/waits( for)? (for )?/i.test(text) && text.includes(waits?.for ?? '\u0000')).toBe(waits !== undefined);
    for (const text of [get, wait, watch])
      expect(text?.includes('goes on by itself')).toBe(waits === undefined && !isClosed(view.state));
  });

  test('an ended release says where the users are, not a weight', async () => {
    if (!isClosed(view.state)) return;
    for (const [name, text] of Object.entries(await interfaces(moment))) {
      expect([name, text]).not.toEqual([name, expect.stringContaining('wanted 0')]);
      if (view.state === 'succeeded') expect([name, text]).toEqual([name, expect.stringContaining('100 %')]);
    }
  });
});
