import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { AuditEntry } from '../../src/domain/audit.ts';
import { createAudit } from '../../src/observability/audit.ts';
import { createLog } from '../../src/observability/log.ts';
import { sluice } from '../support/cli.ts';
import { createFakeGateway } from '../support/fake-gateway.ts';

const entry: AuditEntry = {
  ...{ at: '2026-01-01T00:00:00.000Z', who: 'cli:ada', tool: 'release_start', kind: 'write' },
  ...{ arguments: {}, result: 'begun', ms: 1 },
};

let home: string;
let file: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'sluice-audit-'));
  file = join(home, 'audit.jsonl');
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const process_ = () => createAudit({ home, file, log: createLog('silent') });
const verify = (...words: string[]) =>
  sluice({ gateway: createFakeGateway(), env: { SLUICE_HOME: home } }, 'audit', 'verify', ...words);

test('calls of several processes at once leave a log that is intact, and a change in it is found', async () => {
  const processes = [process_(), process_(), process_()];
  await Promise.all(processes.flatMap((one) => [one.begin(entry), one.record(entry), one.begin(entry)]));
  await process_().record(entry);

  const { code, out } = await verify();
  expect(out).toMatch(/^10 lines of 4 processes: no line was changed or removed\.\nLast hash: [0-9a-f]{64}\. Keep it/);
  expect(code).toBe(0);

  writeFileSync(file, readFileSync(file, 'utf8').replace('release_start', 'release_get'));
  const after = await verify();
  expect(after.out).toMatch(/^10 lines of 4 processes: broken\.\nline 1: it was changed after it was written\n/);
  expect(after.code).toBe(7);
});

test('lines that are missing at the end are seen with the hash that was kept', async () => {
  const audit = process_();
  for (let index = 0; index < 3; index += 1) await audit.begin(entry);
  const hash = (JSON.parse((await verify('-o', 'json')).out) as { last: string }).last;
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  writeFileSync(file, `${lines.slice(0, 2).join('\n')}\n`);

  expect((await verify()).code).toBe(0);
  const { code, out } = await verify('--expect', hash);
  expect(code).toBe(7);
  expect(out).toContain('The expected hash is not there.');
});

test('a line after a torn one stands for itself', async () => {
  await process_().begin(entry);
  appendFileSync(file, '{"at":"2026');
  await process_().begin(entry);
  expect((await verify()).out).toMatch(
    /^3 lines of 2 processes: broken\.\nline 2: it is no whole line of an audit log\nLast hash/,
  );
});

test('without a file, and with a log that goes to stderr, the way out is named', async () => {
  expect(await verify()).toMatchObject({
    code: 2,
    err: expect.stringMatching(/cannot be read: .*\nNext: Name a file/),
  });
  expect(await verify('--set', 'SLUICE_AUDIT_LOG=stderr')).toMatchObject({
    code: 2,
    err: expect.stringMatching(/goes to stderr.*\nNext: Name the files/),
  });
});
