import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const run = promisify(execFile);
const BIN = fileURLToPath(new URL('../../bin/sluice.mjs', import.meta.url));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function sluice(args: string[], env: Record<string, string> = {}): Promise<Ended> {
  return run(process.execPath, [BIN, ...args], {
    // Node tells of every module that it loads, at length: 64 MB were too few on one machine.
    maxBuffer: Number.POSITIVE_INFINITY,
    env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', ...env },
  }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
}

/** Ports on which nothing listens, and a kubeconfig that leads to one. */
const NOWHERE = { TEMPORAL_ADDRESS: '127.0.0.1:1', SLUICE_PROMETHEUS_URL: 'http://127.0.0.1:1' };

test('help costs little more than starting: it loads neither Temporal nor Kubernetes', async () => {
  // What Node has loaded is what it costs; its time differs with the machine's load.
  const { code, stdout, stderr } = await sluice(['--help'], { NODE_DEBUG: 'esm' });

  expect(code).toBe(0);
  expect(stdout).toContain('doctor');
  expect(stderr).toMatch(/(src\/cli\/program\.ts|dist\/\w+\/program-\S+\.mjs)/);
  expect(stderr).not.toMatch(/node_modules\/(@temporalio|@kubernetes)\//);
});

test.each([
  [
    'Temporal',
    ['release', 'list'],
    6,
    /^TEMPORAL_UNREACHABLE: Temporal at 127\.0\.0\.1:1 does not answer\.\nNext: Start Temporal, or set TEMPORAL_ADDRESS\.\n$/,
  ],
  [
    'the kubeconfig',
    ['release', 'plan', '--namespace', 'a', '--rollout', 'b', '--image', 'c:d'],
    5,
    /^CLUSTER_UNKNOWN: .*\nNext: .*KUBECONFIG/,
  ],
  [
    'the named cluster',
    ['release', 'plan', '--cluster', 'x', '--namespace', 'a', '--rollout', 'b', '--image', 'c:d'],
    5,
    /^CLUSTER_UNKNOWN: No kubeconfig context is named "x"/,
  ],
  [
    'a readable kubeconfig',
    [
      '--set',
      'SLUICE_KUBECONFIG=/nonexistent/k',
      'release',
      'plan',
      '--namespace',
      'a',
      '--rollout',
      'b',
      '--image',
      'c:d',
    ],
    2,
    /^CONFIG_INVALID: The kubeconfig/,
  ],
])('without %s: one clear message with what to do, and no hanging', async (_, args, exit, message) => {
  const { code, stderr } = await sluice(args, NOWHERE);

  expect(stderr).toMatch(message);
  expect(code).toBe(exit);
  expect(stderr).not.toMatch(/\n\s+at /);
});

test('without a current-context the error names the one context', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'sluice-')), 'config');
  writeFileSync(
    file,
    'clusters: [{name: c, cluster: {server: "https://c.example"}}]\ncontexts: [{name: staging, context: {cluster: c}}]\n',
  );
  const args = ['release', 'plan', '--namespace', 'a', '--rollout', 'b', '--image', 'c:d'];

  const { code, stderr } = await sluice(args, { ...NOWHERE, KUBECONFIG: file });

  expect(stderr).toMatch(
    /^CLUSTER_UNKNOWN: .*no current-context. Its only context is "staging"\.\nNext: Name the cluster/,
  );
  expect(code).toBe(5);
});

test('doctor tells everything that is missing, each with what to do, and does not hang', async () => {
  const { code, stdout } = await sluice(['doctor'], NOWHERE);

  expect(code).toBe(9);
  for (const name of ['kubeconfig', 'Prometheus', 'Temporal'])
    expect(stdout).toMatch(new RegExp(`missing  ${name}[^\\n]*\\n\\s+→ `));
});

test('a server that others could reach is refused', async () => {
  const { code, stderr } = await sluice(['serve', '--set', 'SLUICE_HOST=0.0.0.0']);

  expect([code, stderr]).toEqual([
    2,
    expect.stringContaining('without authentication the server binds to loopback only'),
  ]);
});
