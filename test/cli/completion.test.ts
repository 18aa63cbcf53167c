import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { SCRIPTS, SHELLS } from '../../src/cli/completion/scripts.ts';
import { SluiceError } from '../../src/domain/errors.ts';
import { TOOLSET_NAMES } from '../../src/toolsets/index.ts';
import { sluice, type CliWorld } from '../support/cli.ts';
import { aView, createFakeGateway } from '../support/fake-gateway.ts';
import { worldServices } from '../support/fake-tools.ts';
import { createFakeWorld } from '../support/fake-world.ts';

const gateway = createFakeGateway([aView()]);
const fake = createFakeWorld({ target: { cluster: 'prod', namespace: 'shop', rollout: 'web' } });
const world: CliWorld = { gateway, services: worldServices(fake, gateway) };
afterAll(() => fake.stop());

/** The words offered, without their meanings. */
async function offered(...words: string[]): Promise<readonly string[]> {
  const { code, out, err } = await sluice(world, 'complete', '--', ...words);
  expect([code, err]).toEqual([0, '']);
  return out === '' ? [] : out.split('\n').map((line) => line.split('\t')[0] ?? '');
}

test.each([
  [['arg'], ['argo']],
  [['argo', 'promote'], ['promote-rollout']],
  [['argo', 'promote-rollout', '--fu'], ['--full']],
  [
    ['argo', 'promote-rollout', '--full', ''],
    ['true', 'false'],
  ],
  [['argo', 'list-rollouts', '--phase', 'De'], ['Degraded']],
  [['release', 'list', '--state', 'succ'], ['succeeded']],
  [
    ['argo', 'list-rollouts', '-o', ''],
    ['text', 'json', 'yaml', 'table'],
  ],
  [['tools', '--toolsets', 'tr'], ['traefik']],
  [['tools', 'call', 'argo_promote'], ['argo_promote_rollout']],
  [['--set', 'MCP_AL'], ['MCP_ALLOW_WRITE=']],
  [['completion', ''], []],
  [['argo', 'get-rollout-status', 'shop/w'], ['shop/web']],
  [['argo', 'get-rollout-status', ''], ['shop/web']],
  [['traefik', 'update-route-weights', 's'], ['shop/web']],
  [['argo', 'list-rollouts', '--namespace', ''], ['shop']],
  [['argo', 'list-rollouts', '--cluster', 'd'], ['dev']],
  [['release', 'abort', ''], ['shop/web']],
  [['argo', 'get-rollout-status', '--cluster', 'prod', ''], ['shop/web']],
  [['argo', 'get-rollout-status', 'shop/web', ''], []],
  [['nonsense', 'more', ''], []],
])('after %j comes %j', async (words, expected) => {
  expect(await offered(...words)).toEqual(expected);
});

test('an ended release is offered to commands that read, once, and not to those that steer', async () => {
  const ended = createFakeGateway([aView({ closedAt: 1 })]);
  const names = async (command: string) =>
    (await sluice({ gateway: ended }, 'complete', '--', 'release', command, '')).out;

  expect(await Promise.all(['get', 'report', 'abort'].map(names))).toEqual(['shop/web', 'shop/web', '']);
});

describe('a snapshot of the last lookup', () => {
  const home = mkdtempSync(join(tmpdir(), 'sluice-snapshot-'));
  const env = { SLUICE_HOME: home };
  const tab = (from: CliWorld, ...words: string[]) => sluice({ ...from, env }, 'complete', '--', ...words);

  test('answers at once, and is renewed in another process for the next time', async () => {
    const renewed: string[][] = [];
    const refresh = (words: readonly string[]) => void renewed.push([...words]);
    const away = createFakeGateway();
    away.failure = new SluiceError('TEMPORAL_UNREACHABLE', 'away');
    await tab(world, 'release', 'get', '');
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'setTimeout'], now: Date.now() + 60_000 });
    const later = await tab({ gateway: away, refresh }, 'release', 'get', 'sho');
    jest.setSystemTime(Date.now() + 3_600_000);
    const stale = await tab({ gateway: away, refresh }, 'release', 'get', '');
    jest.useRealTimers();

    expect([later.out, stale.out]).toEqual(['shop/web', '']);
    expect(renewed).toEqual([['release', 'get', 'sho']]);
  });

  test('is of one cluster and one kind of name', async () => {
    expect((await tab(world, 'release', 'abort', '')).out).toBe('shop/web');
    const ended: CliWorld = { gateway: createFakeGateway() };
    expect((await tab(ended, 'release', 'abort', '--cluster', 'dev', '')).out).toBe('');
  });

  test('--refresh looks up again and prints nothing', async () => {
    const other: CliWorld = { gateway: createFakeGateway([aView({ id: 'release/prod/shop/api' })]) };
    const { out } = await sluice({ ...other, env }, 'complete', '--refresh', '--', 'release', 'get', '');

    expect(out).toBe('');
    expect((await tab(world, 'release', 'get', '')).out).toBe('shop/api');
  });

  test('that is no JSON counts as none', async () => {
    writeFileSync(join(home, 'completion.json'), '{');
    expect((await tab(world, 'release', 'get', '')).out).toBe('shop/web');
  });
});

test('all commands are offered, each with its meaning, and no hidden one', async () => {
  const { out } = await sluice(world, 'complete', '--', '');

  expect(out).toMatch(/^argo\tRead and steer/m);
  expect(out).not.toMatch(/^complete\t/m);
});

test.each(['CLUSTER_UNREACHABLE', 'FORBIDDEN', 'TEMPORAL_UNREACHABLE'] as const)(
  '%s: no names, no message, no failure',
  async (code) => {
    const away = createFakeGateway();
    away.failure = new SluiceError(code, 'away');
    const silent = { gateway: away };

    for (const words of [
      ['argo', 'get-rollout-status', ''],
      ['release', 'get', ''],
    ])
      expect(await sluice(silent, 'complete', '--', ...words)).toMatchObject({ code: 0, out: '', err: '' });
  },
);

test('a cluster that never answers keeps nobody waiting', async () => {
  const services = worldServices(fake, gateway);
  const hanging = {
    ...services,
    ports: {
      ...services.ports,
      rolloutObjects: { ...services.ports.rolloutObjects, list: () => new Promise<never>(() => undefined) },
    },
  };
  const began = performance.now();

  const { code, out } = await sluice(
    { gateway, services: hanging },
    'complete',
    '--',
    'argo',
    'get-rollout-status',
    '',
  );

  expect([code, out]).toEqual([0, '']);
  expect(performance.now() - began).toBeLessThan(15_000);
});

test('names that a shell would read as something else are left out', async () => {
  const services = worldServices(fake, gateway);
  const [view] = await services.ports.rolloutObjects.list({ cluster: 'prod' });
  const list = () => Promise.resolve([view!, { ...view!, target: { ...view!.target, rollout: '$(touch /tmp/x)' } }]);
  const odd = { ...services, ports: { ...services.ports, rolloutObjects: { ...services.ports.rolloutObjects, list } } };

  expect((await sluice({ gateway, services: odd }, 'complete', '--', 'argo', 'get-rollout-status', '')).out).toBe(
    'shop/web',
  );
});

test.each(SHELLS)('completion %s prints its script', async (shell) => {
  expect((await sluice(world, 'completion', shell)).out).toBe(SCRIPTS[shell]);
});

/** `sluice` on the PATH of a shell that has nothing else of the user's. */
function program(shell: string): { readonly folder: string; readonly env: Record<string, string> } {
  const folder = mkdtempSync(join(tmpdir(), `sluice-${shell}-`));
  const file = join(folder, 'sluice');
  writeFileSync(
    file,
    `#!/bin/sh\nexec "${process.execPath}" "${fileURLToPath(new URL('../../bin/sluice.mjs', import.meta.url))}" "$@"\n`,
  );
  chmodSync(file, 0o755);
  return { folder, env: { PATH: `${folder}:${process.env['PATH'] ?? ''}`, HOME: folder, KUBECONFIG: '/nonexistent' } };
}

describe('in a real bash', () => {
  const run = promisify(execFile);
  const { folder, env } = program('bash');

  /** What Tab would offer behind these words; the last one is under the cursor. */
  async function tab(...words: string[]): Promise<readonly string[]> {
    const quoted = ['sluice', ...words].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
    const script = `set -u; COMP_WORDBREAKS=$' \\t\\n\"\\'><=;|&(:'; source <(sluice completion bash); COMP_WORDS=(${quoted}); COMP_CWORD=${words.length}; complete -p sluice >/dev/null && _sluice sluice; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout, stderr } = await run('bash', ['--norc', '-c', script], { env });
    expect(stderr).toBe('');
    return stdout.trimEnd().split('\n');
  }

  test('commands, flags and choices are completed', async () => {
    expect(await tab('argo', 'promote-r')).toEqual(['promote-rollout']);
    expect(await tab('argo', 'promote-rollout', '--ful')).toEqual(['--full']);
    expect(await tab('tools', '--toolsets', '')).toEqual([...TOOLSET_NAMES, 'all']);
  });

  test('the name of a cluster with colons is completed behind its last colon', async () => {
    const kubeconfig = join(folder, 'kubeconfig');
    const name = 'arn:aws:eks:eu-west-1:123456789012:cluster/prod';
    const context = { cluster: 'c', user: 'u' };
    writeFileSync(
      kubeconfig,
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        contexts: [{ name, context }],
        clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
        users: [{ name: 'u', user: {} }],
      }),
    );
    env['KUBECONFIG'] = kubeconfig;
    try {
      expect(await tab('argo', 'list-rollouts', '--cluster', 'ar')).toEqual([name]);
      expect(await tab('argo', 'list-rollouts', '--cluster', 'arn', ':', 'aws', ':', 'ek')).toEqual([
        'eks:eu-west-1:123456789012:cluster/prod',
      ]);
    } finally {
      env['KUBECONFIG'] = '/nonexistent';
    }
  });

  test('without a cluster there is nothing, and no noise', async () => {
    expect(await tab('argo', 'get-rollout-status', '')).toEqual(['']);
  });

  test('what is on the line is never run', async () => {
    const trace = join(folder, 'trace');

    await tab('argo', `$(touch ${trace})`, '');
    await tab('argo', `\`touch ${trace}\``);

    expect(existsSync(trace)).toBe(false);
  });
});

const has = (shell: string): boolean => spawnSync(shell, ['--version']).status === 0;

describe('in a real fish, where there is one', () => {
  (has('fish') ? test : test.skip)('commands and flags are completed, with what they do', async () => {
    const { folder, env } = program('fish');
    const { stdout } = await promisify(execFile)(
      'fish',
      [
        '-c',
        'sluice completion fish | source; complete -C "sluice argo promote-r"; complete -C "sluice argo promote-rollout --ful"',
      ],
      { env, cwd: folder },
    );

    expect(stdout.split('\n')).toEqual(['promote-rollout\tPromote a Rollout', expect.stringMatching(/^--full\t/), '']);
  });
});

describe('in a real zsh, where there is one', () => {
  // Only a zsh at a terminal completes: this one has a pseudo-terminal, and another zsh at the keys.
  const keys = `
    zmodload zsh/zpty
    zpty z zsh -f -i
    zpty -w z 'PS1="%% "; autoload -Uz compinit; compinit -u -D; source <(sluice completion zsh); echo RE""ADY'
    zpty -r -m z seen '*READY*'
    zpty -w -n z $'sluice argo promote-r\t'
    zpty -r -m z seen '*promote-rollout*'
    zpty -w -n z $'--ful\t'
    zpty -r -m z seen '*--full*'
    print done
    zpty -d z`;

  (has('zsh') ? test : test.skip)('commands and flags are completed', async () => {
    const { folder, env } = program('zsh');
    const { stdout } = await promisify(execFile)('zsh', ['-f', '-c', keys], { env, cwd: folder, timeout: 60_000 });

    expect(stdout.trim()).toBe('done');
  });
});
