import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { signalChildren } from '../support/children.ts';
import { aServer, startGateway, type Reached, type Stage } from '../support/gateway-stage.ts';
import { useUntil, type ToolCall } from '../support/gateway-users.ts';
import { ERAS } from '../support/mcp-clients.ts';
import { installNpm, installPypi, processOf, type PythonLine } from '../support/published-servers.ts';

// Servers that others have published, at two exact versions each. Both versions of a pair speak the same revisions.

const folder = mkdtempSync(join(tmpdir(), 'sluice-published-'));
const file = join(folder, 'note.txt');
const page = createServer((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>hello'));

const SDK_1: PythonLine = {
  sdk: '1',
  servers: { time: ['2026.6.4', '2026.10.10'], git: ['2026.8.18', '2026.10.10'] },
};
const SDK_2: PythonLine = { sdk: '2', servers: { fetch: ['2026.10.19', '2026.10.24'] } };
const THOUGHT = { thought: 'one', nextThoughtNeeded: false, thoughtNumber: 1, totalThoughts: 1 };

interface Published {
  readonly name: string;
  readonly install: () => Promise<Record<string, Reached>>;
  readonly call: () => ToolCall;
}

const SERVERS: readonly Published[] = [
  {
    name: 'memory',
    install: () => installNpm('memory', ['2026.7.4', '2026.8.31'], [], { MEMORY_FILE_PATH: join(folder, 'memory') }),
    call: () => ['read_graph', {}],
  },
  {
    name: 'filesystem',
    install: () => installNpm('filesystem', ['2026.7.10', '2026.8.31'], [folder]),
    call: () => ['read_text_file', { path: file }],
  },
  {
    name: 'sequential-thinking',
    install: () => installNpm('sequential-thinking', ['2026.7.4', '2026.8.31']),
    call: () => ['sequentialthinking', THOUGHT],
  },
  {
    name: 'time',
    install: () => installPypi(SDK_1, 'time', ['--local-timezone=UTC']),
    call: () => ['get_current_time', { timezone: 'Europe/Berlin' }],
  },
  {
    name: 'git',
    install: () => installPypi(SDK_1, 'git'),
    call: () => ['git_status', { repo_path: folder }],
  },
  {
    name: 'fetch',
    install: () => installPypi(SDK_2, 'fetch', ['--ignore-robots-txt', '--allow-private-ips']),
    // Without `raw` it runs npm, which takes a minute.
    call: () => ['fetch', { url: `http://127.0.0.1:${(page.address() as AddressInfo).port}/`, raw: true }],
  },
];

/** On a busy machine a Python process takes ten seconds to start. */
const WAIT_MS = 40_000;

type Had = Published & { readonly versions: Record<string, Reached> | undefined; readonly why: string };

/** Not every machine has Python and both registries. A server that cannot be had is named with the reason. */
const had: Had[] = [];
for (const server of SERVERS)
  had.push(
    await server.install().then(
      (versions): Had => ({ ...server, versions, why: '' }),
      (error: Error): Had => ({ ...server, versions: undefined, why: ` (skipped: ${error.message.split('\n')[0]})` }),
    ),
  );

let stage: Stage;
beforeAll(async () => {
  writeFileSync(file, 'hello\n');
  execFileSync('git', ['init', '--quiet', folder]);
  await once(page.listen(0, '127.0.0.1'), 'listening');
  stage = await startGateway(had.flatMap(({ name, versions }) => (versions ? [aServer(name, versions)] : [])));
});
afterAll(async () => {
  await stage.close();
  page.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Green gets callers, is killed, hangs for a second, and goes on; then it loses its callers again. */
async function troubled(name: string, blue: string, green: string): Promise<number> {
  const [words, answered] = [processOf(name, green), () => answersOf(name, green)];
  await until(async () => (await answersOf(name, blue)) > 2);
  await stage.shift(name, green, 50);
  await until(async () => (await answered()) > 0);
  await stage.shift(name, green, 100);
  await until(async () => signalChildren(words, 'SIGCONT') > 0);
  const killed = signalChildren(words, 'SIGKILL');
  const before = await answered();
  await until(async () => (await answered()) > before + 2);
  expect(signalChildren(words, 'SIGSTOP')).toBeGreaterThan(0);
  await pause(1_000);
  signalChildren(words, 'SIGCONT');
  const hung = await answered();
  await until(async () => (await answered()) > hung + 2);
  await stage.shift(name, green, 0);
  await pause(300);
  return killed;
}

async function answersOf(name: string, version: string): Promise<number> {
  return (await stage.status(name)).versions.find((one) => one.version === version)?.calls.ok ?? 0;
}

async function until(done: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + WAIT_MS; !(await done()); await pause(50))
    if (Date.now() > end) throw new Error(`not within ${WAIT_MS} ms: ${String(done)}`);
}

describe.each(had)('$name$why', ({ name, versions, call }) => {
  const [blue = '', green = ''] = Object.keys(versions ?? {});
  (versions ? test : test.skip)(
    `no call fails but those that were in a killed process, from ${blue} to ${green} and back`,
    async () => {
      let over = false;
      const users = ERAS.map((era) => useUntil(era, stage.url(name), call(), () => over, 12));
      const story = troubled(name, blue, green);
      const killed = await story.catch((error: Error) => error.message).finally(() => (over = true));
      const seen = await Promise.all(users);
      const failures = seen.flatMap((one) => one.failures);
      expect(failures.filter((failure) => !failure.includes('was ended by SIGKILL'))).toEqual([]);
      expect(killed).toEqual(expect.any(Number));
      expect(killed).toBeGreaterThan(0);
      expect(failures.length).toBeLessThanOrEqual(killed as number);
      for (const { calls } of seen) expect(calls).toBeGreaterThan(3);
    },
    120_000,
  );
});
