import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from '@jest/globals';
import { sluice } from '../support/cli.ts';
import { aView, createFakeGateway } from '../support/fake-gateway.ts';

// What Tab costs in a process of its own, beside a command that only loads all commands, in the same run. The time to
// wait depends on what else the machine does, so it is printed and has no limit here.

const EKS = 'arn:aws:eks:eu-west-1:123456789012:cluster/prod';
const PROGRAM = fileURLToPath(new URL('../../bin/sluice.mjs', import.meta.url));
/** Beside a command that only loads all commands. Without a snapshot it is about twice as much work. */
const MAX_FACTOR = 1.6;
const TIMES = 3;
const home = mkdtempSync(join(tmpdir(), 'sluice-completion-time-'));
const CASES = [
  ['commands', ['rel'], 'release'],
  ['flags', ['release', 'start', '--im'], '--image'],
  ['releases that have ended', ['release', 'get', ''], 'shop/web'],
  ['cluster names of EKS', ['release', 'list', '--cluster', 'arn:aws:e'], EKS],
] as const;

const kubeconfig = join(home, 'kubeconfig');
/** The processes renew what is older than some seconds. They find the same names there, and no Temporal. */
const WORLD = { SLUICE_HOME: home, KUBECONFIG: kubeconfig, TEMPORAL_ADDRESS: '127.0.0.1:1' };

beforeAll(async () => {
  Object.assign(process.env, WORLD);
  const cluster = { name: 'c', cluster: { server: 'https://127.0.0.1:1' } };
  const contexts = [{ name: EKS, context: { cluster: 'c', user: 'u' } }];
  const users = [{ name: 'u', user: {} }];
  writeFileSync(kubeconfig, JSON.stringify({ apiVersion: 'v1', kind: 'Config', contexts, clusters: [cluster], users }));
  const ended = createFakeGateway([aView({ id: `release/${EKS}/shop/web`, state: 'succeeded', closedAt: 1 })]);
  for (const [, words] of CASES)
    await sluice(
      { gateway: ended, contexts: [EKS], env: { SLUICE_HOME: home } },
      'complete',
      '--refresh',
      '--',
      ...words,
    );
});

interface Took {
  readonly out: string;
  readonly wallMs: number;
  readonly workMs: number;
}

/** `times` of bash prints the user and system time of its children in its second line: "0m0.271s 0m0.040s". */
async function run(...argv: readonly string[]): Promise<Took> {
  const began = performance.now();
  const script = `"$0" "${PROGRAM}" "$@"; times >&2`;
  const { stdout, stderr } = await promisify(execFile)('bash', ['-c', script, process.execPath, ...argv], {
    env: { PATH: process.env['PATH'], ...WORLD },
  });
  const wallMs = performance.now() - began;
  const seconds = [...(stderr.trim().split('\n').at(-1) ?? '').matchAll(/(\d+)m([\d.]+)s/g)];
  const workMs = seconds.reduce((sum, [, minutes, rest]) => sum + 1000 * (60 * Number(minutes) + Number(rest)), 0);
  return { out: stdout.split('\t')[0]?.trim() ?? '', wallMs, workMs };
}

const least = (runs: readonly Took[], of: (run: Took) => number): number => Math.round(Math.min(...runs.map(of)));

test.each(CASES)(
  '%s are completed at once',
  async (what, words, expected) => {
    const [floors, runs]: [Took[], Took[]] = [[], []];
    // Alternately, so that both meet the same load.
    for (let round = 0; round < TIMES; round += 1) {
      floors.push(await run('completion', 'bash'));
      runs.push(await run('complete', '--', ...words));
    }
    const [work, wall] = [least(runs, ({ workMs }) => workMs), least(runs, ({ wallMs }) => wallMs)];
    const floor = least(floors, ({ workMs }) => workMs);

    console.info(`${what}: ${work} ms of work (completion bash: ${floor} ms), ${wall} ms to wait`);
    expect(runs.map(({ out }) => out)).toEqual(runs.map(() => expected));
    expect(floor).toBeGreaterThan(0);
    expect(work / floor).toBeLessThanOrEqual(MAX_FACTOR);
  },
  60_000,
);
