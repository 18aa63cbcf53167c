import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { release } from '../../src/toolsets/release/index.ts';
import { SluiceError } from '../../src/domain/errors.ts';
import { RELEASE_EXITS } from '../../src/domain/release/exit-code.ts';
import { aView, AT, createFakeGateway, type FakeGateway } from '../support/fake-gateway.ts';
import { sluice } from '../support/cli.ts';

const ID = 'release/prod/shop/web';
let gateway: FakeGateway;
beforeEach(() => {
  gateway = createFakeGateway([aView()]);
});

function file(text: string, name = 'release.yaml'): string {
  const path = join(mkdtempSync(join(tmpdir(), 'sluice-cli-')), name);
  writeFileSync(path, text);
  return path;
}

test('every command of the toolset is there', async () => {
  const { out } = await sluice({ gateway }, 'release', '--help');

  for (const { name } of release.commands)
    expect(out).toMatch(new RegExp(`^  ${name.replace('release_', '').replaceAll('_', '-')}(\\|\\w+)? `, 'm'));
});

test('starts from a file, with flags over it, in the name of the user', async () => {
  gateway.views.clear();
  const path = file(
    'target: { namespace: shop, rollout: web }\nimage: shop:v1\nanalysis: { soak: 5m, min_requests: 10 }\n',
  );

  const { code, out } = await sluice(
    { gateway },
    'release',
    'start',
    '-f',
    path,
    '--image',
    'shop:v9',
    '--analysis-min-requests',
    '7',
    '--require-manual-promotion',
    'false',
    '--auto-rollback',
  );

  expect(code).toBe(0);
  expect(out).toContain(`Started: canary release of shop/web on prod to shop:v9\n${ID}`);
  expect(gateway.started[0]).toMatchObject({
    startedBy: 'cli:ada',
    spec: {
      image: 'shop:v9',
      manualPromotion: false,
      autoRollback: true,
      analysis: { soakMs: 300_000, minRequests: 7 },
    },
  });
});

test('settings decide what a file leaves out', async () => {
  gateway.views.clear();

  await sluice(
    { gateway },
    '--set',
    'TRAEFIK_DEFAULT_WEIGHT_STEP=50',
    'release',
    'plan',
    '--namespace',
    'shop',
    '--rollout',
    'web',
    '--image',
    'a:b',
  );
  const bad = await sluice({ gateway, env: { MCP_PORT: 'x' } }, 'release', 'list');

  expect(bad).toMatchObject({ code: 2, err: expect.stringMatching(/^CONFIG_INVALID: MCP_PORT="x" \(environment\)/) });
});

test.each([
  ['image: [', /is not YAML or JSON/],
  ['just text', /must be an object/],
  ['target: &a [*a, *a]', /INVALID_INPUT/],
  ['{"target": {"namespace": "shop", "rollout": "web"}, "imgae": "x"}', /imgae: unknown field; did you mean image\?/],
])('a release file that says %j is refused clearly', async (text, message) => {
  const { code, err } = await sluice({ gateway }, 'release', 'start', '-f', file(text));

  expect(code).toBe(2);
  expect(err).toMatch(message);
  expect(err).not.toMatch(/\n\s+at /);
  expect(gateway.started).toEqual([]);
});

test('a file that is not there is named', async () => {
  const { code, err } = await sluice({ gateway }, 'release', 'plan', '-f', '/no/such.yaml');

  expect([code, err]).toEqual([2, expect.stringContaining('Cannot read /no/such.yaml: there is no such file.')]);
});

test('a plan that is not ready lists the failed checks and ends with an exit code for scripts', async () => {
  const preflight = { checks: [{ name: 'prometheus', ok: false, detail: 'does not answer', next: 'Start it.' }] };

  const plan = await sluice(
    { gateway, preflight },
    'release',
    'plan',
    '--namespace',
    'shop',
    '--rollout',
    'api',
    '--image',
    'a:b',
  );
  const start = await sluice(
    { gateway, preflight },
    'release',
    'start',
    '--namespace',
    'shop',
    '--rollout',
    'api',
    '--image',
    'a:b',
  );

  expect(plan).toMatchObject({ code: 7, out: expect.stringContaining('✗ prometheus: does not answer → Start it.') });
  expect(start).toMatchObject({ code: 7, err: expect.stringContaining('PREFLIGHT_FAILED: Nothing was started.') });
});

test.each(['status', 'show'])('release %s reads a release, as other tools call it', async (word) => {
  expect(await sluice({ gateway }, 'release', word, ID)).toMatchObject({
    code: 0,
    out: expect.stringContaining('soaking'),
  });
});

test('a person at the terminal and a program that reads JSON get commands of the command line', async () => {
  gateway.views.clear();
  const flags = ['--namespace', 'shop', '--rollout', 'web', '--image', 'a:b'];

  const started = await sluice({ gateway }, 'release', 'start', ...flags);
  const missing = await sluice({ gateway }, 'release', 'get', 'release/prod/shop/no');
  const json = await sluice({ gateway }, 'release', 'get', ID, '-o', 'json');

  expect(started.out).toContain(`Call \`sluice release watch ${ID}\` to follow it.`);
  expect(missing.err).toContain('Call `sluice release list` for the ids.');
  expect([started.out, missing.err].join()).not.toMatch(/release_(get|wait|list)/);
  expect((JSON.parse(json.out) as { next: string }).next).toBe(
    'It goes on by itself: call `sluice release watch release/prod/shop/web`.',
  );
});

test('a release is named by its id or by namespace and rollout', async () => {
  await sluice({ gateway }, 'release', 'pause', ID, '--reason', 'lunch');
  await sluice({ gateway }, 'release', 'resume', 'shop/web');
  const elsewhere = await sluice({ gateway }, 'release', 'pause', 'shop/web', '--cluster', 'dev');
  const nonsense = await sluice({ gateway }, 'release', 'pause', 'web');

  expect(gateway.sent.map(({ id, command }) => [id, command.name, command.why])).toEqual([
    [ID, 'pause', 'lunch'],
    [ID, 'resume', undefined],
  ]);
  expect(elsewhere).toMatchObject({ code: 5, err: expect.stringContaining('release/dev/shop/web') });
  expect(nonsense).toMatchObject({ code: 2, err: expect.stringContaining('give <namespace>/<rollout>, or release/') });
});

test('plan and start take namespace and Rollout as an argument, beside a file that names the cluster', async () => {
  gateway.views.clear();
  const path = file('target: { cluster: dev, namespace: other, rollout: other }\nimage: shop:v1\n');

  const started = await sluice({ gateway }, 'release', 'start', 'shop/web', '-f', path);
  const nonsense = await sluice({ gateway }, 'release', 'plan', 'web', '--image', 'a:b');

  expect(started.err).toBe('');
  expect(gateway.started[0]?.spec.target).toEqual({ cluster: 'dev', namespace: 'shop', rollout: 'web' });
  expect(nonsense).toMatchObject({ code: 2, err: expect.stringContaining('must look like <namespace>/<rollout>') });
});

test('a destructive command asks the person, takes --yes, and refuses when nobody is there', async () => {
  const no = await sluice({ gateway, answer: false }, 'release', 'abort', ID);
  const nobody = await sluice({ gateway }, 'release', 'abort', ID);
  const yes = await sluice({ gateway, answer: true }, 'release', 'abort', ID);
  const flag = await sluice({ gateway }, 'release', 'skip-analysis', ID, '--step', '0', '--reason', 'tested', '-y');

  expect([no.code, nobody.code, yes.code, flag.code]).toEqual([4, 4, 0, 0]);
  expect(yes.asked).toEqual([`Abort ${ID} (shop:v2, step 1 of 2: 10 %) and put all traffic back on shop:v1?`]);
  expect(gateway.sent.map(({ command }) => command.name)).toEqual(['abort', 'skip-analysis']);
});

test('promote asks only for all', async () => {
  const one = await sluice({ gateway, answer: false }, 'release', 'promote', ID);
  const all = await sluice({ gateway, answer: true }, 'release', 'promote', ID, '--all');

  expect([one.asked.length, all.asked.length]).toEqual([0, 1]);
  expect(gateway.sent.map(({ command }) => command.all)).toEqual([undefined, true]);
});

test('a refused outcome is not a success', async () => {
  gateway.outcome = { outcome: 'refused', detail: 'nothing waits' };

  expect(await sluice({ gateway }, 'release', 'pause', ID)).toMatchObject({
    code: 7,
    out: expect.stringContaining('pause refused: nothing waits'),
  });
});

test('json in, json out, also for errors', async () => {
  const good = await sluice({ gateway }, 'release', 'get', ID, '-o', 'json');
  const bad = await sluice({ gateway }, '-o', 'json', 'release', 'get', 'release/prod/shop/no');

  expect(JSON.parse(good.out)).toMatchObject({ release_id: ID, state: 'soaking' });
  expect(JSON.parse(bad.out)).toMatchObject({
    error: { code: 'RELEASE_NOT_FOUND', next: 'Call `sluice release list` for the ids.' },
  });
  expect(bad.code).toBe(5);
});

test.each([
  [['release', 'satrt'], /did you mean start/i],
  [['release', 'stauts', ID], /did you mean get/i],
  [['release', 'undo', ID], /did you mean rollback/i],
  [['tools', 'release_statu'], /did you mean release_get\?/],
  [['release', 'start', '--namespac', 'x'], /did you mean --namespace/i],
  [['release', 'list', '--limit', 'many'], /limit/],
  [['release', 'list', '--state', 'sucseeded'], /did you mean succeeded/],
  [['release', 'get', ID, '-o', 'xml'], /text, json, yaml, table/],
  [['--set', 'MCP_PROT=1', 'release', 'list'], /did you mean MCP_PORT/],
  [['--set', 'MCP_PORT', 'release', 'list'], /NAME=value/],
])('%j is refused with exit code 2', async (argv, message) => {
  const { code, err } = await sluice({ gateway }, ...argv);

  expect(code).toBe(2);
  expect(err).toMatch(message);
});

test('an unknown failure tells its text and no stack', async () => {
  gateway.failure = new TypeError('odd thing');

  const { code, err } = await sluice({ gateway }, 'release', 'get', ID);

  expect(code).toBe(1);
  expect(err).toContain('odd thing');
  expect(err).not.toMatch(/\n\s+at /);
});

test.each([
  ['TEMPORAL_UNREACHABLE', 6],
  ['CLUSTER_UNREACHABLE', 6],
  ['NO_ANSWER', 8],
  ['FORBIDDEN', 3],
] as const)('%s ends with exit code %d', async (error, exit) => {
  gateway.failure = new SluiceError(error, 'away');

  expect((await sluice({ gateway }, 'release', 'list')).code).toBe(exit);
});

test('list --state open shows what goes on, whatever its state', async () => {
  gateway.views.set(
    'release/prod/shop/done',
    aView({ id: 'release/prod/shop/done', state: 'succeeded', closedAt: AT }),
  );

  const { code, out } = await sluice({ gateway }, 'release', 'list', '--state', 'open');

  expect([code, out]).toEqual([0, expect.stringContaining('release/prod/shop/web')]);
  expect(out).not.toContain('shop/done');
});

test('get --run-id reads an earlier run, and refuses one that never was', async () => {
  const run = aView().runId;

  expect(await sluice({ gateway }, 'release', 'get', ID, '--run-id', run)).toMatchObject({ code: 0 });
  expect(await sluice({ gateway }, 'release', 'get', ID, '--run-id', 'nope')).toMatchObject({
    code: 5,
    err: expect.stringContaining('RELEASE_NOT_FOUND'),
  });
});

test('watch prints each event once and ends with the release', async () => {
  setTimeout(
    () =>
      gateway.views.set(ID, aView({ events: [...aView().events, { at: AT + 1, state: 'judging', text: 'judging' }] })),
    200,
  );
  setTimeout(
    () =>
      gateway.views.set(
        ID,
        aView({
          state: 'succeeded',
          reason: 'stable',
          closedAt: AT + 9,
          events: [...aView().events, { at: AT + 1, state: 'judging', text: 'judging' }],
        }),
      ),
    1500,
  );

  const { code, out } = await sluice({ gateway }, 'release', 'watch', 'shop/web');

  expect(code).toBe(0);
  expect(out.split('\n').map((line) => line.slice(25))).toEqual([
    'soaking: weight 10 for 60 s',
    'judging: judging',
    'succeeded: stable',
  ]);
});

test('watch outlives a worker that is away for a while, and tells a bad end by its exit code', async () => {
  let asked = 0;
  const away: FakeGateway = Object.assign(Object.create(gateway) as FakeGateway, {
    get: async (id: string, runId?: string) => {
      asked += 1;
      if (asked === 2 || asked === 3) throw new SluiceError('NO_ANSWER', 'no worker');
      if (asked > 3) gateway.views.set(ID, aView({ state: 'rolled-back', reason: 'errors', closedAt: AT + 9 }));
      return gateway.get(id, runId);
    },
  });

  const { code, err } = await sluice({ gateway: away }, 'release', 'watch', ID);

  expect(code).toBe(10);
  expect(err).toBe(
    'NO_ANSWER: no worker Next: Start a worker (sluice worker) if none runs. This command goes on and asks again every second.',
  );
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
])('watch that %s interrupts says that the release goes on and ends with %d', async (signal, exit) => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(signal), 300);

  const { code, err } = await sluice({ gateway, stopped: stop.signal }, 'release', 'watch', ID);

  expect(code).toBe(exit);
  expect(err).toMatch(/^The command was interrupted\. The release is still soaking and goes on without you\. .*abort/);
});

test('watch that ends by its time says that a paused release waits', async () => {
  gateway.views.set(ID, aView({ state: 'paused', waiting: { for: 'resume', answers: ['resume'], sinceMs: AT } }));

  const { err } = await sluice({ gateway }, 'release', 'watch', ID, '--timeout', '1s');

  expect(err).toMatch(/^1 s are over\. The release is still paused and waits for a person \(resume/);
});

test.each([
  ['watch', ['release', 'watch', ID]],
  ['wait', ['release', 'wait', ID]],
])('%s ends with the outcome of the release', async (_, argv) => {
  for (const state of ['succeeded', 'rolled-back', 'refused', 'superseded'] as const) {
    gateway.views.set(ID, aView({ state, reason: 'over', closedAt: AT + 9 }));

    expect([state, (await sluice({ gateway }, ...argv)).code]).toEqual([state, RELEASE_EXITS[state].exit]);
  }
});

test('wait for a release that goes on, or that a signal interrupts, is no success', async () => {
  const stop = new AbortController();
  setTimeout(() => stop.abort('SIGTERM'), 300);

  const open = await sluice({ gateway }, 'release', 'wait', ID, '--timeout-seconds', '0');
  const interrupted = await sluice({ gateway, stopped: stop.signal }, 'release', 'wait', ID);

  expect(open.code).toBe(RELEASE_EXITS.open.exit);
  expect([interrupted.code, interrupted.err]).toEqual([143, expect.stringContaining('interrupted')]);
});

test('watch -o json prints one line for each change, with the events since the line before', async () => {
  const judging = aView({ events: [...aView().events, { at: AT + 1, state: 'judging', text: 'judging' }] });
  setTimeout(() => gateway.views.set(ID, judging), 200);
  setTimeout(() => gateway.views.set(ID, { ...judging, state: 'rolled-back', closedAt: AT + 9 }), 1500);

  const { code, out } = await sluice({ gateway }, 'release', 'watch', ID, '-o', 'json');

  const lines = out.split('\n').map((line) => JSON.parse(line) as { state: string; events: { text: string }[] });
  expect(lines.map(({ state, events }) => [state, ...events.map(({ text }) => text)])).toEqual([
    ['soaking', 'weight 10 for 60 s'],
    ['soaking', 'judging'],
    ['rolled-back'],
  ]);
  expect(code).toBe(10);
});

test('watch --timeout leaves the release alone and says so; a bare number is refused', async () => {
  const { code, err } = await sluice({ gateway }, 'release', 'watch', ID, '--timeout', '300ms');
  const bare = await sluice({ gateway }, 'release', 'watch', ID, '--timeout', '30');

  expect([code, err]).toEqual([RELEASE_EXITS.open.exit, expect.stringMatching(/^0\.3 s are over\..*still soaking/)]);
  expect([bare.code, bare.err]).toEqual([2, expect.stringContaining('must be a duration with a unit')]);
});

describe('schedule', () => {
  const flags = ['--image', 'shop:v9', '--analysis-soak', '5m'];
  const cron = ['--cron', '0 22 * * 1-5', '--time-zone', 'Europe/Berlin'];
  const schedule = (...argv: readonly string[]) => sluice({ gateway }, 'release', 'schedule', ...argv);
  const made = { spec: { image: 'shop:v9', target: { namespace: 'shop', rollout: 'web' } } };

  test('takes the release as start does, by flags or from a release file', async () => {
    const release = file('target: { namespace: shop, rollout: web }\nimage: shop:v1\nanalysis: { soak: 5m }\n');

    const byFlags = await schedule('create', 'shop/web', ...flags, ...cron);
    await schedule('delete', 'shop/web', '--yes');
    const byFile = await schedule('create', '-f', release, '--image', 'shop:v9', ...cron);

    expect([byFlags.err, byFile.err, byFlags.code, byFile.code]).toEqual(['', '', 0, 0]);
    expect(byFlags.out).toContain('0 22 * * 1-5 Europe/Berlin');
    const soak = { spec: { analysis: { soakMs: 300_000 } } };
    expect(gateway.schedules.created).toMatchObject([made, made]);
    expect(gateway.schedules.created).toMatchObject([soak, soak]);
  });

  test('lists without a target, and its help names every action', async () => {
    const listed = await schedule('list');
    const help = await schedule('--help');

    expect([listed.code, listed.out]).toEqual([0, '0 schedules']);
    for (const action of ['create', 'list', 'pause', 'unpause', 'trigger', 'delete'])
      expect(help.out).toContain(`"${action}"`);
    expect(help.out).toContain('--image <text>');
  });

  test.each([
    [['create', ...cron], /release: is missing: give its target and its image/],
    [['create', 'shop/web', ...cron], /image: is missing/],
    [['create', 'shop/web', ...flags], /cron: give cron or every/],
    [['create', 'shop/web', ...flags, '--every', '59s'], /--every: must be at least 1m/],
    [['create', 'shop/web', ...flags, '--every', '0s'], /--every: must be at least 1m/],
    [['pause', 'shop/web', '--image', 'shop:v9'], /image: is for create only, not for pause/],
    [['pause'], /<release>: is missing/],
  ])('%j is refused', async (argv, message) => {
    const { code, err } = await schedule(...argv);

    expect([code, err]).toEqual([2, expect.stringMatching(message)]);
    expect(gateway.schedules.created).toEqual([]);
  });
});

test('doctor ends with exit code 9 when something is missing', async () => {
  const doctor = () =>
    Promise.resolve([{ name: 'Temporal', state: 'missing' as const, detail: 'away', next: 'Start it.' }]);

  const { code, out } = await sluice({ gateway, doctor }, 'doctor');

  expect(code).toBe(9);
  expect(out).toMatch(/missing.*Temporal.*away\n\s+→ Start it\./);
});

test('config shows each value with its source', async () => {
  const { out } = await sluice({ gateway, env: { SLUICE_TASK_QUEUE: 'mine' } }, 'config', '--set', 'MCP_PORT=1');

  expect(out).toMatch(/MCP_PORT +1 +flag/);
  expect(out).toMatch(/SLUICE_TASK_QUEUE +mine +environment/);
  expect(out).toMatch(/MCP_ALLOW_WRITE +false +default/);
});
