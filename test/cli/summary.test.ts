import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { CommandServices } from '../../src/commands/command.ts';
import { summaryOf } from '../../src/cli/summary.ts';
import { aView, AT, createFakeGateway, fakeServices } from '../support/fake-gateway.ts';
import { createFakeJournal } from '../support/fake-journal.ts';
import { recordedRelease } from '../support/report/recorded-release.ts';
import { sluice } from '../support/cli.ts';

const gateway = createFakeGateway([aView({ state: 'succeeded', reason: 'shop:v2 is stable', closedAt: AT })]);
const folder = mkdtempSync(join(tmpdir(), 'sluice-summary-'));
let services: CommandServices;
beforeAll(async () => {
  const journal = createFakeJournal();
  await journal.append(recordedRelease());
  services = { ...fakeServices(gateway), journal };
});
afterAll(() => rmSync(folder, { recursive: true }));

const watch = (file: string) => sluice({ gateway, services }, 'release', 'watch', 'shop/web', '--summary', file);

test('the report is appended as Markdown, after what is in the file', async () => {
  const file = join(folder, 'summary.md');
  writeFileSync(file, '# Job\n\n');
  expect((await watch(file)).code).toBe(0);
  const text = readFileSync(file, 'utf8');
  expect(text).toMatch(
    /^# Job\n\n## succeeded: shop:v2\n\n\S[^]*\n\| weight \| verdict \|\n\|---\|---\|\n\| 10 % \| pass \|\n/,
  );
  expect(text).toMatch(/\nrelease\/prod\/shop\/web, \[report\]\(http:\S+report\.html\?run_id=\S+\)\n$/);
});

test('a file that cannot be written is named, and the exit code stays that of the release', async () => {
  expect(await watch('/no/such/folder/x.md')).toMatchObject({
    code: 0,
    err: expect.stringContaining('The summary was not written to /no/such/folder/x.md: Error: ENOENT'),
  });
});

test('texts of other systems are no markup', () => {
  const text = summaryOf({
    ...{ state: 'rolled-back', image: 'shop:v2', release_id: 'r', run_id: 'run', reason: '', previous: 'shop:v1' },
    ...{ summary: ['a **b** <img src=x> [c](d) `e` | f\n## g'], steps: [], verdicts: [], people: [], notes: [] },
    ...{ page: 'http://x/report', data: '', closed_at: '', started_by: 'ada', started_at: '', compared: [] },
    evidence: { needed_odds: 20, worse_odds: 1, not_worse: [] },
  });
  expect(text).toContain('a \\*\\*b\\*\\* &lt;img src=x> \\[c\\](d) \\`e\\` \\| f \\#\\# g');
});
