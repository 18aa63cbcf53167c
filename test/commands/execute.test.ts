import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { z } from 'zod';
import type { Command, CommandContext, Kind } from '../../src/commands/command.ts';
import { confirmField, requireConfirmation } from '../../src/commands/confirm.ts';
import { Asked, execute, type Execution } from '../../src/commands/execute.ts';
import { placeFields } from '../../src/contract/place.ts';
import { parse } from '../../src/contract/parse.ts';
import { targetFields } from '../../src/contract/target.ts';
import type { AuditEntry } from '../../src/domain/audit.ts';
import { SluiceError } from '../../src/domain/errors.ts';
import { createAudit } from '../../src/observability/audit.ts';
import { createFakeGateway, DEFAULTS, fakeServices } from '../support/fake-gateway.ts';

let home: string;
let file: string;
let logged: string[];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'sluice-audit-'));
  file = join(home, 'logs', 'audit.jsonl');
  logged = [];
});
afterEach(() => rm(home, { recursive: true, force: true }));

const input = z.strictObject({
  namespace: placeFields.namespace.optional(),
  target: targetFields.optional(),
  release_id: z.string().optional(),
  password: z.string().optional(),
  note: z.string().optional(),
  slow: z.boolean().optional(),
  fail: z.enum(['known', 'unknown']).optional(),
  confirm: confirmField,
});
const output = z.strictObject({ effective: z.string(), reason: z.string() });
const QUESTION = { value: 'shop/web', question: 'Abort Rollout shop/web?' };

/** A tool that counts how often it acted. */
function tool(kind: Kind, asks = false): { command: Command<typeof input, typeof output>; acted: () => number } {
  let acted = 0;
  const confirmation = asks ? { confirmation: () => Promise.resolve(QUESTION) } : {};
  const command: Command<typeof input, typeof output> = {
    name: 'argo_probe',
    title: 'Probe',
    description: 'Acts.',
    kind,
    idempotent: true,
    toolset: 'argo',
    input,
    output,
    examples: [],
    ...confirmation,
    check: (raw) => parse(input, raw),
    async run(_context, { confirm, fail, slow }) {
      if (asks) requireConfirmation(QUESTION, confirm);
      if (slow) await new Promise((resolve) => setTimeout(resolve, 60));
      if (fail === 'known')
        throw new SluiceError('CLUSTER_UNREACHABLE', 'no answer; Authorization: Bearer abcdefgh12345678');
      if (fail === 'unknown') throw new TypeError('broken');
      acted += 1;
      return { effective: 'proved', reason: 'done with token=abc123secret' };
    },
    text: ({ reason }) => reason,
  };
  return { command, acted: () => acted };
}

function call(
  command: Command<typeof input, typeof output>,
  raw: unknown,
  more: Partial<Execution> & { allowed?: readonly string[]; auditFile?: string } = {},
): Promise<unknown> {
  const { allowed = [], auditFile = file, ...rest } = more;
  const log = pino({}, { write: (line: string) => void logged.push(line) });
  const services = fakeServices(createFakeGateway());
  const context: CommandContext = {
    ...services,
    settings: { ...DEFAULTS, allowedNamespaces: allowed },
    caller: { id: 'mcp:claude-code', kind: 'mcp' },
    signal: new AbortController().signal,
    progress: () => Promise.resolve(),
  };
  return execute({
    command,
    raw,
    context,
    gate: { allowWrite: true, toolsets: [] },
    audit: createAudit({ home, file: auditFile, log }),
    ...rest,
  });
}

async function entries(): Promise<AuditEntry[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as AuditEntry);
}

test('a call is written down: who, what, arguments, result, effect and duration', async () => {
  const { command } = tool('write');
  const began = Date.now();

  await call(command, { namespace: 'shop', slow: true });

  const [, entry, ...others] = await entries();
  expect(others).toEqual([]);
  expect(entry).toMatchObject({
    who: 'mcp:claude-code',
    tool: 'argo_probe',
    kind: 'write',
    arguments: { namespace: 'shop', slow: true },
    result: 'ok',
  });
  expect(entry?.detail).toMatch(/^proved: done with token=\*\*\*/);
  expect(entry?.ms).toBeGreaterThanOrEqual(55);
  expect(Date.parse(entry?.at ?? '')).toBeGreaterThanOrEqual(began);
  expect((await stat(file)).mode & 0o077).toBe(0);
});

test('reads are written down too', async () => {
  await call(tool('read').command, {});
  expect(await entries()).toMatchObject([{ kind: 'read', result: 'ok' }]);
});

test('secrets in arguments are masked, long ones cut, and wrong ones still recorded', async () => {
  const { command } = tool('write');
  await call(command, { password: 'hunter2', note: `see https://ada:pw123456@example.org ${'x'.repeat(2_000)}` });
  await expect(call(command, { api_token: 'abc', nested: { secret_key: 'k' } })).rejects.toMatchObject({
    code: 'INVALID_INPUT',
  });

  const text = await readFile(file, 'utf8');
  expect(text).not.toMatch(/hunter2|pw123456|"abc"|"k"/);
  const [, first, second] = await entries();
  expect(first?.arguments).toMatchObject({ password: '***' });
  expect((first?.arguments as { note: string }).note.length).toBeLessThanOrEqual(500);
  expect(second).toMatchObject({
    arguments: { api_token: '***', nested: { secret_key: '***' } },
    result: 'INVALID_INPUT',
  });
});

test('a manifest is not written down, because the values of a Secret look like any other', async () => {
  const manifest = 'kind: Secret\nstringData: {url: something}';
  await expect(call(tool('write').command, { manifest })).rejects.toMatchObject({ code: 'INVALID_INPUT' });

  const [entry] = await entries();
  expect(entry?.arguments).toEqual({ manifest: `left out: ${manifest.length} characters` });
});

test.each([
  ['known', 'CLUSTER_UNREACHABLE'],
  ['unknown', 'INTERNAL'],
] as const)('a call that fails (%s) is written down as %s', async (fail, result) => {
  const { command } = tool('write');
  await expect(call(command, { fail })).rejects.toThrow();
  const [, entry] = await entries();
  expect(entry).toMatchObject({ result });
  expect(entry?.detail).not.toContain('abcdefgh12345678');
});

test('write tools that are off are refused before anything else, and that is written down', async () => {
  const { command, acted } = tool('write');

  await expect(call(command, { nonsense: 1 }, { gate: { allowWrite: false, toolsets: [] } })).rejects.toMatchObject({
    code: 'WRITE_DISABLED',
  });

  expect(acted()).toBe(0);
  expect(await entries()).toMatchObject([{ result: 'WRITE_DISABLED' }]);
});

test('reads go on while writing is off', async () => {
  expect(await call(tool('read').command, {}, { gate: { allowWrite: false, toolsets: [] } })).toMatchObject({
    effective: 'proved',
  });
});

test.each([
  ['namespace', { namespace: 'other' }],
  ['target', { target: { namespace: 'other', rollout: 'web' } }],
  ['release_id', { release_id: 'release/prod/other/web' }],
  ['release_id of a cluster with slashes', { release_id: 'release/arn:aws:eks:eu:1:cluster/prod/other/web' }],
])('a namespace outside the allow list is refused: %s', async (_, raw) => {
  const { command, acted } = tool('write');

  await expect(call(command, raw, { allowed: ['shop'] })).rejects.toMatchObject({
    code: 'NAMESPACE_NOT_ALLOWED',
    message: expect.stringContaining('other'),
  });

  expect(acted()).toBe(0);
  expect(await entries()).toMatchObject([{ result: 'NAMESPACE_NOT_ALLOWED' }]);
});

test('one foreign namespace among allowed ones is enough', async () => {
  const raw = {
    namespace: 'shop',
    target: { namespace: 'shop', rollout: 'web' },
    release_id: 'release/prod/other/web',
  };
  await expect(call(tool('write').command, raw, { allowed: ['shop'] })).rejects.toMatchObject({
    code: 'NAMESPACE_NOT_ALLOWED',
  });
});

test('inside the allow list, and without one, calls go through', async () => {
  const { command, acted } = tool('write');
  await call(
    command,
    { namespace: 'shop', target: { namespace: 'shop', rollout: 'web' }, release_id: 'release/prod/shop/web' },
    { allowed: ['shop'] },
  );
  await call(command, { namespace: 'anything' });
  expect(acted()).toBe(2);
});

test('what cannot be recorded is not done', async () => {
  await writeFile(join(home, 'occupied'), '');
  const { command, acted } = tool('write');

  const failing = call(command, { namespace: 'shop' }, { auditFile: join('occupied', 'audit.jsonl') });

  await expect(failing).rejects.toMatchObject({
    code: 'AUDIT_UNAVAILABLE',
    message: expect.stringContaining(join(home, 'occupied', 'audit.jsonl')),
  });
  expect(acted()).toBe(0);
  expect(logged.join('')).toContain('The audit log cannot be written');
});

test('reads go on without an audit log', async () => {
  await writeFile(join(home, 'occupied'), '');
  expect(await call(tool('read').command, {}, { auditFile: join('occupied', 'audit.jsonl') })).toMatchObject({
    effective: 'proved',
  });
});

test('nothing is asked, and nothing done, while nothing can be recorded', async () => {
  await writeFile(join(home, 'occupied'), '');
  let asked = 0;
  const ask = () => Promise.resolve({ yes: (asked += 1) > 0, how: 'asked' as const });
  await expect(
    call(tool('destructive', true).command, {}, { ask, auditFile: join('occupied', 'audit.jsonl') }),
  ).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
  expect(asked).toBe(0);
});

test('without a way to ask, what is not confirmed is refused and says what to pass', async () => {
  const { command, acted } = tool('destructive', true);

  await expect(call(command, {})).rejects.toMatchObject({
    code: 'CONFIRMATION_REQUIRED',
    details: { confirm: 'shop/web' },
  });
  await expect(call(command, { confirm: 'shop/other' })).rejects.toMatchObject({
    code: 'CONFIRMATION_REQUIRED',
    message: expect.stringContaining('another value'),
  });
  expect(acted()).toBe(0);
  await call(command, { confirm: 'shop/web' });

  expect(acted()).toBe(1);
  expect((await entries()).map(({ result }) => result)).toEqual([
    'begun',
    'CONFIRMATION_REQUIRED',
    'begun',
    'CONFIRMATION_REQUIRED',
    'begun',
    'ok',
  ]);
});

test('where a person can be asked, only the answer confirms: the argument counts for nothing, and no is final', async () => {
  const { command, acted } = tool('destructive', true);
  const questions: string[] = [];
  const answer = (yes: boolean) => ({
    ask: ({ question }: { question: string }) => (
      questions.push(question), Promise.resolve({ yes, how: 'asked' as const })
    ),
  });

  const no = call(command, { confirm: QUESTION.value }, answer(false));
  await expect(no).rejects.toMatchObject({ code: 'CONFIRMATION_DECLINED' });
  const refusal = (await no.catch((error: unknown) => error)) as SluiceError;
  expect(JSON.stringify([refusal.next, refusal.details ?? {}])).not.toContain(QUESTION.value);
  expect(acted()).toBe(0);

  await call(command, { confirm: 'whatever' }, answer(true));
  expect(acted()).toBe(1);
  expect(questions).toEqual([QUESTION.question, QUESTION.question]);
});

test('the audit log says who confirmed, and how', async () => {
  const { command } = tool('destructive', true);
  await call(command, { confirm: QUESTION.value });
  await call(command, {}, { ask: () => Promise.resolve({ yes: true, how: 'asked' }) });
  await call(command, {}, { ask: () => Promise.resolve({ yes: false, how: 'asked' }) }).catch(() => undefined);

  expect((await entries()).map(({ result, confirmed }) => [result, confirmed])).toEqual([
    ['begun', { by: 'mcp:claude-code', how: 'argument' }],
    ['ok', { by: 'mcp:claude-code', how: 'argument' }],
    ['begun', { by: 'the user of mcp:claude-code', how: 'asked' }],
    ['ok', { by: 'the user of mcp:claude-code', how: 'asked' }],
    ['CONFIRMATION_DECLINED', undefined],
  ]);
});

test('a call that writes is written down before it acts, so that a process that dies leaves its line', async () => {
  const { command } = tool('write');
  let seen: AuditEntry[] = [];
  const spy = {
    ...command,
    run: async (...args: Parameters<typeof command.run>) => ((seen = await entries()), command.run(...args)),
  };

  await call(spy, { namespace: 'shop' });

  expect(seen).toMatchObject([{ result: 'begun', tool: 'argo_probe', arguments: { namespace: 'shop' } }]);
  const [begun, ended] = await entries();
  expect([ended?.result, ended?.call]).toEqual(['ok', begun?.call]);
});

test('a full disk is noticed before the act', async () => {
  const { command, acted } = tool('write');
  await expect(call(command, { namespace: 'shop' }, { auditFile: '/dev/full' })).rejects.toMatchObject({
    code: 'AUDIT_UNAVAILABLE',
    message: expect.stringContaining('ENOSPC'),
  });
  expect(acted()).toBe(0);
});

test('a question whose answer comes later is written down as asked, and nothing was done', async () => {
  const { command, acted } = tool('destructive', true);

  await expect(call(command, {}, { ask: () => Promise.reject(new Asked('later')) })).rejects.toBeInstanceOf(Asked);

  expect(acted()).toBe(0);
  expect(await entries()).toMatchObject([{ result: 'asked' }]);
});

test('calls at the same time do not mix their lines', async () => {
  const { command } = tool('write');
  await Promise.all(Array.from({ length: 50 }, (_, index) => call(command, { note: `${index} ${'y'.repeat(400)}` })));
  const notes = (await entries())
    .filter(({ result }) => result === 'ok')
    .map((entry) => Number.parseInt((entry.arguments as { note: string }).note, 10));
  expect(notes.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, index) => index));
});
