import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { applyApplication, removeApplication, type Sandbox } from '../../sandbox/index.ts';
import { addToLoad } from '../../sandbox/load/client.ts';
import { ROOT } from '../../scripts/root.mjs';
import { read } from '../repo/tracked-files.ts';
import { Supervised } from '../support/releases-process.ts';
import { sharedSandbox } from '../support/sandbox.ts';

/**
 * The shell steps of the jobs in docs/ci.md, run one after the other as their runner would, with the real command line
 * on the sandbox. What is no shell is done here: the checkout. `npm ci` is replaced, because a test does not install
 * from a registry; everything else is the text of the page, with the addresses of the sandbox.
 */
jest.setTimeout(400_000);

const NAMESPACE = `ci-${Date.now().toString(36).slice(-5)}`;
const APP = 'web';
const folder = mkdtempSync(join(tmpdir(), 'sluice-ci-'));
let sandbox: Sandbox;
let worker: Supervised;
let own: Record<string, string>;

interface Step {
  readonly run?: string;
  readonly uses?: string;
  readonly env?: Readonly<Record<string, string>>;
}
interface Job {
  readonly env?: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Record<string, string>>;
  readonly steps?: readonly Step[];
  readonly script?: readonly string[];
}

/** The job under this heading of the page. */
function jobOf(heading: string): Job {
  const [, text = ''] = new RegExp(`## ${heading}\\n\\n\`\`\`yaml\\n([\\s\\S]+?)\`\`\``).exec(read('docs/ci.md')) ?? [];
  return (parse(text) as { readonly deploy: Job }).deploy;
}

beforeAll(async () => {
  sandbox = await sharedSandbox();
  await applyApplication(sandbox, { name: APP, namespace: NAMESPACE, strategy: 'canary', steps: [50], replicas: 1 });
  await addToLoad(sandbox, APP, NAMESPACE, { rps: 20 });
  own = {
    ...{ TEMPORAL_ADDRESS: sandbox.temporalAddress, SLUICE_PROMETHEUS_URL: sandbox.prometheusUrl },
    ...{ SLUICE_TRAEFIK_API_URLS: sandbox.traefikApiUrls.join(','), SLUICE_TASK_QUEUE: NAMESPACE },
    SLUICE_HOME: join(folder, 'home'),
  };
  worker = new Supervised({
    ...{ name: 'the worker', args: ['bin/sluice.mjs', 'worker'], stateDir: sandbox.stateDir },
    env: { ...own, KUBECONFIG: sandbox.kubeconfig, SLUICE_STATUS_PORT: '0', SLUICE_LOG_LEVEL: 'info' },
    ...{ log: join(folder, 'worker.log'), ready: /"status":"http:\/\/[^:]+:(\d+)"/ },
  });
  await worker.ready();
}, 900_000);
afterAll(async () => {
  await worker.stop();
  await removeApplication(sandbox, APP, NAMESPACE);
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

/** A workspace with the repository of the reader: a release file. */
function workspace(name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  const analysis = { judge: 'limits', soak: '2s', min_requests: 10, success_ratio: 0.95, p95_ms: 500, hold: '60s' };
  const file = { target: { namespace: NAMESPACE, rollout: APP }, image: 'shop:v0', strategy: 'canary', analysis };
  writeFileSync(join(path, 'release.yaml'), stringify({ ...file, require_manual_promotion: false, guard: '0' }));
  return path;
}

/** A folder for PATH with an npm that takes the packages of this repository. */
function withoutRegistry(): string {
  const path = join(folder, 'bin');
  mkdirSync(path, { recursive: true });
  const link = `[ "$*" = "ci --prefix sluice" ] || exit 64\n[ -e sluice/node_modules ] || ln -s '${join(ROOT, 'node_modules')}' sluice/node_modules\n`;
  writeFileSync(join(path, 'npm'), `#!/bin/sh\n${link}`);
  chmodSync(join(path, 'npm'), 0o755);
  return [path, dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
}

/** Runs a script as a runner does: the first command that fails ends it. */
function shell(program: string, cwd: string, script: string, env: Readonly<Record<string, string>>) {
  return new Promise<{ readonly code: number | null; readonly output: string }>((resolve) => {
    const all = { PATH: withoutRegistry(), HOME: folder, ...env };
    const child = spawn(program, ['-e', '-c', script], { cwd, env: all, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (part: string) => (output += part));
    child.once('close', (code) => resolve({ code, output }));
  });
}

test('the steps for GitHub Actions release a version, and write a summary', async () => {
  const { steps = [], env = {} } = jobOf('GitHub Actions');
  const cwd = workspace('github');
  const [temp, summary] = [join(cwd, 'temp'), join(cwd, 'summary.md')];
  mkdirSync(temp);
  // The second checkout.
  symlinkSync(ROOT, join(cwd, 'sluice'));
  const content = readFileSync(sandbox.kubeconfig, 'utf8');
  const replaced = (text: string) =>
    text.replace('${{ secrets.KUBECONFIG }}', content).replace('${{ runner.temp }}', temp);
  const given = { ...env, ...own, RUNNER_TEMP: temp, GITHUB_STEP_SUMMARY: summary, GITHUB_SHA: 'v2' };

  const runs = steps.filter(({ run }) => run !== undefined);
  expect(runs).toHaveLength(3);
  for (const { run = '', env: further = {} } of runs) {
    const values = Object.fromEntries(Object.entries(further).map(([name, text]) => [name, replaced(text)]));
    expect(JSON.stringify(values)).not.toContain('${{');
    const { code, output } = await shell('bash', cwd, run, { ...given, ...values });
    expect([run, code, code === 0 ? '' : output]).toEqual([run, 0, '']);
  }
  expect(readFileSync(summary, 'utf8')).toMatch(/succeeded/i);
});

test('the script for GitLab CI clones, installs and releases a version', async () => {
  const { script = [], variables = {} } = jobOf('GitLab CI');
  const cwd = workspace('gitlab');
  // The address of the page leads to this repository.
  const here = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: `url.file://${ROOT}.insteadOf` };
  const git = { ...here, GIT_CONFIG_VALUE_0: 'https://gitlab.example.com/team/sluice.git' };
  const given = { ...variables, ...own, ...git, KUBECONFIG: sandbox.kubeconfig, CI_COMMIT_SHA: 'v3' };

  const { code, output } = await shell('sh', cwd, script.join('\n'), given);

  expect([code, output]).toEqual([0, expect.stringContaining('succeeded')]);
});
