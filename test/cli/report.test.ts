import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import type { CommandServices } from '../../src/commands/command.ts';
import { aView, createFakeGateway, fakeServices } from '../support/fake-gateway.ts';
import { createFakeJournal } from '../support/fake-journal.ts';
import { recordedRelease } from '../support/report/recorded-release.ts';
import { sluice } from '../support/cli.ts';

const gateway = createFakeGateway();
const folder = mkdtempSync(join(tmpdir(), 'sluice-report-'));
let services: CommandServices;
beforeAll(async () => {
  const journal = createFakeJournal();
  await journal.append(recordedRelease());
  services = { ...fakeServices(gateway), journal };
});

const report = (...argv: string[]) => sluice({ gateway, services }, 'release', 'report', ...argv);

test('tells the story in a few lines, or as JSON', async () => {
  expect(await report('shop/web')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^succeeded: shop:v2, release\/prod\/shop\/web\n[^]*\nPage: /),
  });
  expect(
    JSON.parse((await report('release/prod/shop/web', '--run-id', aView().runId, '-o', 'json')).out),
  ).toMatchObject({ report: { state: 'succeeded' } });
});

test('writes the page and the data where it is told to', async () => {
  const [page, data] = [join(folder, 'a.html'), join(folder, 'a.json')];

  expect(await report('shop/web', '--html', page, '--json', data)).toMatchObject({
    code: 0,
    out: `Wrote ${page}.\nWrote ${data}.`,
  });
  expect(readFileSync(page, 'utf8')).toContain('shop/web: succeeded');
  expect(JSON.parse(readFileSync(data, 'utf8'))).toMatchObject({ release: { state: 'succeeded' } });
  expect((await report('shop/web', '--html', '-')).out).toMatch(/^<!doctype html>/);
});

test.each([
  [['shop/nobody'], 5, /RELEASE_NOT_FOUND/],
  [['shop/web', '--html', '/no/such/folder/x.html'], 2, /Cannot write \/no\/such\/folder\/x.html: ENOENT/],
  [['shop/web', '--htlm', 'x'], 2, /did you mean --html/i],
])('%j ends with %d', async (argv, code, why) => {
  expect(await report(...argv)).toMatchObject({ code, err: expect.stringMatching(why) });
});
