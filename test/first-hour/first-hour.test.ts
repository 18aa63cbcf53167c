import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ROOT } from '../../scripts/root.mjs';
import { sandboxDown } from '../../sandbox/index.ts';
import { Start } from '../entry/start-process.ts';
import { read, trackedFiles } from '../repo/tracked-files.ts';
import { shellLines, type Line } from './blocks.ts';

/** The sandbox, two releases; a busy machine of two cores. */
const START_MS = 300_000;
const LINE_MS = 420_000;

/** Pages whose commands are for the sandbox that `npm start` leaves. */
const PAGES = ['README.md', 'docs/own-application.md'];

/** Lines of these pages that cannot be run there, with the reason. */
const NOT_HERE: readonly (readonly [RegExp, string])[] = [
  [/^npm (start|test)/, 'the test itself is that'],
  [/^export .*(example\.com|~\/\.kube|SLUICE_TRAEFIK_API_PODS)/, 'settings of a cluster of the reader'],
  [/^node bin\/sluice\.mjs (worker|serve)$/, 'npm start runs them'],
  [/^source <\(sluice completion/, 'needs sluice on the PATH, and a line changes a shell that is gone afterwards'],
];

const isSkipped = ({ text }: Line): boolean => NOT_HERE.some(([pattern]) => pattern.test(text));
const lines = PAGES.flatMap((page) => shellLines(page, read(page)));
/**
 * The example of an MCP server needs no sandbox, but a registry and a gateway: test/repo/examples.test.ts plans it.
 * Releases by Helm and Flux need a release of Helm and a repository: test/tools/release-{helm,flux}.test.ts make them.
 * A release without Traefik needs a Rollout without it: test/e2e/{basic-canary,rolling}.test.ts make one.
 */
const ELSEWHERE = /^(strategy: (mcp|rolling)$|split: argo-status$|helm:|flux:)/m;
const examples = trackedFiles().filter((path) => /^examples\/[^/]+\.yaml$/.test(path) && !ELSEWHERE.test(read(path)));

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

const groups: number[] = [];
let home: string;
let start: Start;
let env: string;
let mcpPort: string;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'sluice-first-hour-'));
  start = new Start(['--name', 'first-hour'], { SLUICE_HOME: home });
  env = await start.printed(/First, once:\s+\. (\S+)/, START_MS);
  mcpPort = await start.printed(/MCP endpoint {2}http:\/\/127\.0\.0\.1:(\d+)/, 1000);
}, START_MS + 10_000);
afterAll(async () => {
  for (const group of groups) endGroup(group);
  rmSync(join(ROOT, 'report.html'), { force: true });
  await Start.endAll();
  await sandboxDown({ name: 'first-hour', home });
  rmSync(home, { recursive: true, force: true });
}, 60_000);

function endGroup(leader: number): void {
  try {
    if (leader > 0) process.kill(-leader, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** Runs a line of a page in the shell of somebody who has loaded the settings once. */
function run(line: string): Promise<Ended> {
  // npm start takes the next free port when the documented one is taken.
  const text = line.replaceAll('127.0.0.1:8765', `127.0.0.1:${mcpPort}`);
  const child = spawn('bash', ['-c', `. ${env}; ${text}`], {
    cwd: ROOT,
    env: { PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`, HOME: home },
    // Nobody sits at a terminal: what asks would be refused. A group of its own, so that what goes on behind it can be
    // ended with it.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  groups.push(child.pid ?? 0);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => (output += part));
  return new Promise((resolve) => child.once('exit', (code) => resolve({ code, output })));
}

test('every line that is left out has its reason, and no reason is left over', () => {
  expect(NOT_HERE.filter(([pattern]) => !lines.some(({ text }) => pattern.test(text)))).toEqual([]);
  expect(lines.filter((line) => !isSkipped(line)).length).toBeGreaterThan(15);
});

describe('examples, in the state in which npm start leaves the sandbox', () => {
  test.each(examples)(
    '%s can be planned',
    async (path) => {
      const commands = [...readFileSync(join(ROOT, path), 'utf8').matchAll(/^#\s+(node bin\/sluice\.mjs argo .+)$/gm)];
      for (const [, command = ''] of commands) expect(await run(command)).toMatchObject({ code: 0 });

      const { code, output } = await run(`node bin/sluice.mjs release plan -f ${path}`);

      expect([code, output]).toEqual([0, expect.stringMatching(/^Ready: /)]);
      expect(output).not.toContain('cannot be decided');
    },
    LINE_MS,
  );
});

const UNREADY = [
  ['no-image', 'ImagePullBackOff'],
  ['crash-1', 'CrashLoopBackOff, exit code 1'],
  ['never-ready', 'Unhealthy (Readiness probe failed'],
] as const;
let unready: Promise<Record<string, Ended>>;

/** Releases such versions, one after the other. The lines of the pages release other applications meanwhile. */
async function releaseUnready(): Promise<Record<string, Ended>> {
  const ended: Record<string, Ended> = {};
  for (const [behaviour] of UNREADY)
    ended[behaviour] = await run(
      `node bin/sluice.mjs release start shop/shop-bg --image shop:v20-${behaviour} --timeouts-step 15s --wait`,
    );
  return ended;
}

describe.each(PAGES)('%s, line by line', (page) => {
  beforeAll(() => {
    unready ??= releaseUnready();
  });

  test.each(lines.filter((line) => line.page === page && !isSkipped(line)).map(({ text }) => text))(
    '%s',
    async (text) => {
      const { code, output } = await run(text);

      expect([text, code, output]).toEqual([text, 0, expect.any(String)]);
      if (text.startsWith('curl')) expect(output).not.toMatch(/404 page not found|^\{"error"/);
      // Only a pod of the application says this.
      if (text.startsWith('curl') && text.includes('web.local')) expect(output).toMatch(/^\{"version":.*"pod":"web-/);
    },
    LINE_MS,
  );
});

describe('a version that does not get ready is explained by its pods', () => {
  test.each(UNREADY)(
    '%s: %s',
    async (behaviour, reason) => {
      const { code, output } = (await unready)[behaviour] as Ended;

      expect([code, output]).toEqual([10, expect.stringContaining(reason)]);
      expect(output).toMatch(/rolled-back: .*pods of the new version: 0 of \d+ ready/);
    },
    LINE_MS,
  );
});
