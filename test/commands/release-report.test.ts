import { beforeEach, expect, test } from '@jest/globals';
import type { CommandContext } from '../../src/commands/command.ts';
import { releaseReport, reportFile } from '../../src/toolsets/release/release-report.ts';
import { SluiceError } from '../../src/domain/errors.ts';
import { aView, createFakeGateway, fakeServices, type FakeGateway } from '../support/fake-gateway.ts';
import { createFakeJournal, type FakeJournal } from '../support/fake-journal.ts';
import { recordedRelease } from '../support/report/recorded-release.ts';

const ID = 'release/prod/shop/web';
const RUN = aView().runId;
const entries = recordedRelease({ candidate: { bad: 0.06, slow: 0.04 }, stable: { bad: 0.02, slow: 0.04 } });
let gateway: FakeGateway;
let journal: FakeJournal;
let context: CommandContext;
beforeEach(async () => {
  gateway = createFakeGateway();
  journal = createFakeJournal();
  await journal.append(entries);
  context = {
    ...fakeServices(gateway),
    journal,
    caller: { id: 'cli:ada', kind: 'cli' },
    signal: new AbortController().signal,
    progress: () => Promise.resolve(),
  };
});

const report = async (input: object = {}) =>
  (await releaseReport.run(context, releaseReport.check({ release_id: ID, ...input }, context.settings))).report;

test('a release that Temporal has forgotten is told from its journal, with the evidence and its reason', async () => {
  expect(await report()).toMatchObject({
    release_id: ID,
    run_id: RUN,
    state: 'rolled-back',
    steps: [{ weight: 5, outcome: 'fail', proved: true }, { weight: 10, proved: false }, {}, {}, {}],
    evidence: {
      needed_odds: 20,
      worse_odds: expect.any(Number),
      not_worse: [
        { question: 'errors', margin: 0.01, proved: false },
        { question: 'slow-300ms', proved: true },
      ],
    },
    compared: [{ question: 'errors', candidate: { requests: expect.any(Number), bad: expect.any(Number) } }, {}],
    verdicts: [{ outcome: 'inconclusive' }, { outcome: 'fail', reason: expect.stringContaining('errors') }],
    people: [{ who: 'cli:ada', did: 'started the release' }],
    notes: [expect.stringContaining('no longer')],
  });
});

test('a summary is small, and its words say no more than it does', async () => {
  const output = await releaseReport.run(context, { release_id: ID });

  expect(JSON.stringify(output).length).toBeLessThan(6000);
  expect(output.page).toBe(`http://127.0.0.1:8765/engine/v1/releases/prod/shop/web/report.html?run_id=${RUN}`);
  expect(releaseReport.text(output)).toMatch(
    /^rolled-back: shop:v2.*\n[^]*Steps: 5 % fail, 10 %[^]*Not worse, errors alone: odds [\d.]+ to 1, 20 to 1 needed[^]*Page: http:\/\/127.0.0.1:8765\/engine/,
  );
});

test('a running release is told as it stands now, with what the journal knows', async () => {
  journal.entries.length = 0;
  await journal.append(recordedRelease({ endsIn: 1 }));
  gateway.views.set(ID, aView({ state: 'paused', reason: 'lunch' }));

  expect(await report()).toMatchObject({
    state: 'paused',
    reason: expect.stringContaining('lunch'),
    notes: [],
    evidence: { needed_odds: 20 },
  });
});

test('an earlier run is told though a newer one is under way', async () => {
  gateway.views.set(ID, aView({ runId: 'newer', state: 'soaking' }));

  expect(await report({ run_id: RUN })).toMatchObject({
    run_id: RUN,
    state: 'rolled-back',
    notes: ['This is an earlier run of this target.', expect.stringContaining('Temporal no longer has this run')],
  });
  expect(await report()).toMatchObject({
    run_id: 'newer',
    state: 'soaking',
    notes: [expect.stringContaining('nothing of this run')],
  });
});

test('an earlier run that Temporal still has is asked there, and nobody claims that it is lost', async () => {
  const earlier = aView({ state: 'rolled-back', reason: 'errors', closedAt: aView().startedAt + 9 });
  const newer = aView({ runId: 'newer' });
  gateway.get = (_, runId) => Promise.resolve(runId === RUN ? earlier : newer);

  expect(await report({ run_id: RUN })).toMatchObject({
    run_id: RUN,
    state: 'rolled-back',
    notes: ['This is an earlier run of this target.'],
  });
});

test.each(['TEMPORAL_UNREACHABLE', 'NO_ANSWER'] as const)(
  'with %s the journal alone answers, and says so',
  async (code) => {
    gateway.failure = new SluiceError(code, 'Temporal is away.');

    expect(await report()).toMatchObject({
      state: 'rolled-back',
      notes: ['Temporal is away. This is what the journal has.'],
    });
  },
);

test('while the journal is away the release itself is asked, and the report says what is missing', async () => {
  journal.away = true;
  gateway.views.set(ID, aView());

  expect(await report()).toMatchObject({
    state: 'soaking',
    notes: [expect.stringContaining('The journal does not answer')],
  });
});

test('when neither answers, the error is that of the one which is away', async () => {
  journal.away = true;
  await expect(report()).rejects.toMatchObject({ code: 'JOURNAL_UNAVAILABLE' });

  journal.away = false;
  gateway.failure = new SluiceError('TEMPORAL_UNREACHABLE', 'away');
  await expect(report({ release_id: 'release/prod/shop/nobody' })).rejects.toMatchObject({
    code: 'TEMPORAL_UNREACHABLE',
  });
});

test.each([
  ['a release that never was', { release_id: 'release/prod/shop/nobody' }, 'RELEASE_NOT_FOUND'],
  ['a run that never was', { run_id: 'nope' }, 'RELEASE_NOT_FOUND'],
  ['a run of another release', { release_id: 'release/prod/other/web', run_id: RUN }, 'RELEASE_NOT_FOUND'],
  ['no release at all', { release_id: undefined }, 'INVALID_INPUT'],
  ['a misspelt field', { runid: 'x' }, 'UNKNOWN_NAME'],
])('%s is refused', async (_, input, code) => {
  await expect(report(input)).rejects.toMatchObject({ code });
});

test('a failure that nobody foresaw is no missing release', async () => {
  gateway.failure = new TypeError('odd');

  await expect(report()).rejects.toThrow('odd');
});

test('the files hold all of it', async () => {
  const page = await reportFile.run(context, { release_id: ID });
  const data = await reportFile.run(context, { release_id: ID, format: 'json' });

  expect([page.type, data.type]).toEqual(['text/html; charset=utf-8', 'application/json; charset=utf-8']);
  expect(page.text).toMatch(/^<!doctype html>[^]*shop\/web[^]*<\/html>\n$/);
  expect(JSON.parse(data.text)).toMatchObject({ release: { state: 'rolled-back' }, queries: [{}, {}, {}, {}] });
});
