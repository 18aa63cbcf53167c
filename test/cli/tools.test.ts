import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { argo } from '../../src/toolsets/argo/index.ts';
import { CATALOGUE, TOOLSET_NAMES } from '../../src/toolsets/index.ts';
import { traefik } from '../../src/toolsets/traefik/index.ts';
import { sluice, type CliWorld } from '../support/cli.ts';
import { createFakeGateway } from '../support/fake-gateway.ts';
import { worldServices } from '../support/fake-tools.ts';
import { createFakeWorld, type FakeWorld } from '../support/fake-world.ts';
import { memoryAudit } from '../support/mcp-server.ts';

let fake: FakeWorld;
let world: CliWorld;
const audit = memoryAudit();
beforeEach(() => {
  const gateway = createFakeGateway();
  fake = createFakeWorld({ target: { cluster: 'prod', namespace: 'shop', rollout: 'web' } });
  world = { gateway, audit, services: worldServices(fake, gateway) };
  audit.entries.length = 0;
});
afterEach(() => fake.stop());

test.each([
  ['argo', argo.commands],
  ['traefik', traefik.commands],
] as const)('every tool of %s is a command', async (toolset, commands) => {
  const { out } = await sluice(world, toolset, '--help');

  for (const { name } of commands) expect(out).toContain(`  ${name.replace(`${toolset}_`, '').replaceAll('_', '-')} `);
});

test('a Rollout is named by namespace and name, in text, json, yaml and as a table', async () => {
  const read = (...more: string[]) => sluice(world, 'argo', 'get-rollout-status', 'shop/web', ...more);

  const [text, json, yaml, table] = [
    await read(),
    await read('-o', 'json'),
    await read('-o', 'yaml'),
    await read('-o', 'table'),
  ];

  expect(text.out).toContain('shop/web');
  expect(JSON.parse(json.out)).toMatchObject({ namespace: 'shop', name: 'web', phase: 'Healthy' });
  expect(parse(yaml.out)).toEqual(JSON.parse(json.out));
  expect(table.out).toMatch(/^namespace +shop\nname +web$/m);
  expect([text.code, json.code, yaml.code, table.code]).toEqual([0, 0, 0, 0]);
});

test('a list is aligned columns', async () => {
  const { out } = await sluice(world, 'argo', 'list-rollouts', '-o', 'table');

  expect(out).toMatch(/NAMESPACE +NAME .*\nshop +web /);
});

test.each([
  [['argo', 'get-rollout-status', 'web'], 2, 'INVALID_INPUT', /"web" must look like <namespace>\/<name>/],
  [['argo', 'get-rollout-status', 'shop/no'], 5, 'ROLLOUT_NOT_FOUND', /shop\/no/],
  [['argo', 'get-rollout-status', 'shop/web', '--cluster', 'nowhere'], 5, 'CLUSTER_UNKNOWN', /nowhere/],
  [['traefik', 'get-traffic-distribution', 'shop/web/x'], 2, 'INVALID_INPUT', /<namespace>\/<route>/],
  [['traefik', 'update-route-weights', 'shop/web', '--canary-weight', '101'], 2, 'INVALID_INPUT', /--canary-weight: /],
  [['argo', 'list-rollouts', '--phase', 'Pasued'], 2, 'UNKNOWN_NAME', /did you mean Paused/],
] as const)('sluice %j: exit %d, %s, in every form', async (argv, exit, code, message) => {
  const text = await sluice(world, ...argv);
  const json = await sluice(world, ...argv, '-o', 'json');
  const yaml = await sluice(world, ...argv, '--output=yaml');

  expect([text.code, json.code, yaml.code]).toEqual([exit, exit, exit]);
  expect(text.err).toMatch(message);
  expect(JSON.parse(json.out)).toMatchObject({ error: { code, message: expect.stringMatching(message) } });
  expect(parse(yaml.out)).toEqual(JSON.parse(json.out));
});

test('a wrong command line is told to scripts in the form that they asked for', async () => {
  const { code, out } = await sluice(world, 'argo', 'promote-rolout', '-o', 'json');

  expect(code).toBe(2);
  expect(JSON.parse(out)).toMatchObject({
    error: { code: 'INVALID_INPUT', message: expect.stringContaining('promote-rollout') },
  });
});

test.each([
  [
    ['release', 'start', '--namespac', 'x'],
    /unknown option '--namespac' \(Did you mean --namespace\?\)/,
    'release start',
  ],
  [['release', 'satrt'], /unknown command 'satrt' \(Did you mean start\?\)/, 'release'],
  [['nonsense'], /unknown command 'nonsense'/, undefined],
  [['release', 'promote', 'a/b', 'c'], /too many arguments/, 'release promote'],
  [['release', 'schedule', 'craete'], /Allowed choices are create, list/, 'release schedule'],
] as const)('sluice %j is told with its code and the way out, once', async (argv, message, page) => {
  const { code, err } = await sluice(world, ...argv);

  expect(code).toBe(2);
  expect(err).toMatch(/^INVALID_INPUT: /);
  expect(err).toMatch(message);
  expect(err.split('\n').at(-1)).toBe(
    `Next: Call \`sluice ${page === undefined ? '' : `${page} `}--help\` for what is known.`,
  );
  expect(err.split('\n')).toHaveLength(2);
});

test('a group without a command prints its help and no error', async () => {
  const { code, err } = await sluice(world, 'release');

  expect(code).toBe(2);
  expect(err).toMatch(/^Usage: sluice release/);
  expect(err).not.toContain('INVALID_INPUT');
});

test('what destroys asks first and names what; nobody there and no --yes: nothing is done', async () => {
  const nobody = await sluice(world, 'argo', 'delete-rollout', 'shop/web');
  const no = await sluice({ ...world, answer: false }, 'argo', 'delete-rollout', 'shop/web');
  expect([nobody.code, no.code]).toEqual([4, 4]);
  expect(no.asked).toEqual([expect.stringContaining('shop/web')]);
  expect(nobody.err).toMatch(/^CONFIRMATION_REQUIRED/);
  expect(fake.snapshot().phase).toBe('Healthy');

  await sluice(world, 'argo', 'delete-rollout', 'shop/web', '--yes');

  expect(() => fake.snapshot()).toThrow(/no Rollout/);
});

test('a refusal by state is an answer with an exit code for scripts', async () => {
  const { code, out } = await sluice(world, 'argo', 'abort-rollout', 'shop/web', '--yes', '-o', 'json');

  expect(code).toBe(7);
  expect(JSON.parse(out)).toMatchObject({ changed: false, effective: 'refused' });
});

test('a flag that may stand alone does not swallow the argument behind it', async () => {
  fake.foreignImage('web:v2');
  await fake.until(({ paused }) => paused);

  const { asked, code } = await sluice({ ...world, answer: false }, 'argo', 'promote-rollout', '--full', 'shop/web');

  expect(asked).toEqual([expect.stringContaining('shop/web')]);
  expect(code).toBe(4);
  expect(fake.snapshot()).toMatchObject({ paused: true, stepIndex: 1 });
});

test('a flag means what it means in its own command: --step is a number here, and a switch in another', async () => {
  fake.foreignImage('web:v2');
  await fake.until(({ paused }) => paused);

  const { code, err } = await sluice(world, 'argo', 'promote-rollout', 'shop/web', '--step', '1');

  expect([code, err]).toEqual([0, '']);
  expect(fake.snapshot().stepIndex).toBeGreaterThan(1);
});

test('what is not confirmed says how it is confirmed at the command line', async () => {
  const { code, err } = await sluice(world, 'argo', 'delete-rollout', 'shop/web');

  expect([code, err]).toEqual([4, expect.stringMatching(/CONFIRMATION_REQUIRED.*\n.*with --yes\.$/)]);
});

test('every call is recorded in the name of the user, refused ones too', async () => {
  await sluice(world, 'argo', 'get-rollout-status', 'shop/web');
  await sluice(world, 'argo', 'delete-rollout', 'shop/web');

  expect(audit.entries).toMatchObject([
    { who: 'cli:ada', tool: 'argo_get_rollout_status', result: 'ok', arguments: { namespace: 'shop', name: 'web' } },
    { who: 'cli:ada', tool: 'argo_delete_rollout', result: 'CONFIRMATION_REQUIRED' },
  ]);
});

test('the allow list holds at the command line too', async () => {
  const { code, err } = await sluice(
    {
      ...world,
      services: {
        ...worldServices(fake, world.gateway),
        settings: { ...worldServices(fake, world.gateway).settings, allowedNamespaces: ['other'] },
      },
    },
    'argo',
    'get-rollout-status',
    'shop/web',
  );

  expect([code, err]).toEqual([3, expect.stringContaining('NAMESPACE_NOT_ALLOWED')]);
});

test('tools lists each with its size in the list that agents read, and what each toolset comes to', async () => {
  const { out } = await sluice(world, 'tools', '-o', 'json');

  const { tools, lists } = JSON.parse(out) as {
    tools: { name: string; toolset: string; kind: string; bytes: number }[];
    lists: { list: string; tools: number; bytes: number; read_only_bytes: number }[];
  };
  expect(tools.map(({ name }) => name)).toEqual(CATALOGUE.map(({ name }) => name));
  expect(lists.map(({ list }) => list)).toEqual([...TOOLSET_NAMES, 'default', 'all']);
  for (const { list, tools: count, bytes } of lists) {
    const members = tools.filter(
      ({ toolset }) => list === 'all' || toolset === (list === 'default' ? 'release' : list),
    );
    // Brackets and commas of the JSON list.
    expect([count, bytes]).toEqual([
      members.length,
      members.reduce((sum, tool) => sum + tool.bytes, 0) + members.length + 1,
    ]);
  }
});

test('tools can be narrowed to a toolset, and an unknown one is refused', async () => {
  const some = await sluice(world, 'tools', '--toolsets', 'argo');
  const wrong = await sluice(world, 'tools', '--toolset', 'agro');

  expect(some.out).toContain('argo_list_rollouts');
  expect(some.out).not.toContain('release_list');
  expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('did you mean argo?')]);
});

test('tools <name> shows one with its schemas and an example to copy', async () => {
  const { out } = await sluice(world, 'tools', 'argo_get_rollout_status');
  const wrong = await sluice(world, 'tools', 'argo_get_rollout_statsu');

  expect(out).toContain('sluice argo get-rollout-status --help');
  expect(out).toContain(`sluice tools call argo_get_rollout_status --input '{"namespace":"shop","name":"web"}'`);
  expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('did you mean argo_get_rollout_status?')]);
});

test('tools call takes JSON or a file, and asks as the command does', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'sluice-cli-')), 'input.yaml');
  writeFileSync(file, 'namespace: shop\nname: web\n');

  const fromFile = await sluice(world, 'tools', 'call', 'argo_get_rollout_status', '-f', file, '-o', 'json');
  const inline = await sluice(
    world,
    'tools',
    'call',
    'argo_get_rollout_status',
    '--input',
    '{"namespace":"shop","name":"web"}',
    '-o',
    'json',
  );
  const unconfirmed = await sluice(world, 'tools', 'call', 'argo_delete_rollout', '-f', file);
  const broken = await sluice(world, 'tools', 'call', 'argo_get_rollout_status', '--input', '{');

  expect(JSON.parse(inline.out)).toEqual(JSON.parse(fromFile.out));
  expect([unconfirmed.code, broken.code]).toEqual([4, 2]);
  expect(broken.err).toMatch(/--input is not JSON/);
});
