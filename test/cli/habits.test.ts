import { expect, test } from '@jest/globals';
import { sluice } from '../support/cli.ts';
import { flagWords } from '../../src/cli/flag-words.ts';
import { flagFields, flagName } from '../../src/cli/flags.ts';
import { subjectOf } from '../../src/cli/subject.ts';
import { terminalWords, wordOf } from '../../src/cli/terminal-words.ts';
import type { Command } from '../../src/commands/command.ts';
import { CATALOGUE } from '../../src/toolsets/index.ts';
import { createFakeGateway } from '../support/fake-gateway.ts';

// What people bring from kubectl and its plugins is answered with the word that holds here.

const gateway = createFakeGateway();
const named = (name: string) => CATALOGUE.find((command) => command.name === name) as Command;
const said = async (...words: string[]) => {
  const { out, err } = await sluice({ gateway }, ...words);
  return `${out}\n${err}`;
};

test.each([
  [['argo', 'list'], 'Did you mean list-rollouts?'],
  [['argo', 'status', 'shop/web'], 'Did you mean get-rollout-status?'],
  [['argo', 'promote', 'shop/web'], 'Did you mean promote-rollout?'],
  [['argo', 'list-rollouts', '-n', 'shop'], 'Did you mean --namespace?'],
  [['argo', 'list-rollouts', '--context', 'prod'], 'Did you mean --cluster?'],
  [['release', 'get', 'shop/web', '-w'], 'Did you mean sluice release watch?'],
  [['release', 'list', '--state', 'running'], 'did you mean open?'],
  [['release', 'get'], 'Next: `sluice release list` lists what there is.'],
  [['argo', 'get-rollout-status'], 'Next: `sluice argo list-rollouts` lists what there is.'],
  [['k8s', 'get', 'pods'], 'Next: `sluice k8s list` lists what there is.'],
  [['server', 'list'], 'Did you mean status?'],
  [
    ['k8s', 'delete', 'pods', 'x'],
    '--digest: is missing; `sluice kubernetes plan` with these arguments answers with it',
  ],
  [['server', 'deploy', 'web', '1'], '--type: is missing; it is one of stdio, sse, streamable-http'],
  [['release', 'plan', '--image', 'x:1'], ': <namespace/rollout>: is missing'],
  [['release', 'plan', 'a/b', '--image', 'x:1', '--analysis-soak', '5'], ': --analysis-soak: must be a duration'],
  [['release', 'plan', 'a/b', '--image', 'x:1', '--steps', '5,300'], ': --steps.1: must be at most 100'],
  [['release', 'plan', 'a/b', '--image', 'x:1', '--steps', '5'], ': --steps: must ascend and end with 100\nNext'],
  [
    ['release', 'plan', 'a/b', '--image', 'x:1', '--steps', '5', '--strategy', 'canary'],
    'it is a field of strategy blue-green, mcp and shadow\nNext',
  ],
  [['access', 'can', 'ada', 'release_stat'], 'did you mean release_get?'],
  [['release', 'get', 'shop'], '"shop" is no release: give <namespace>/<rollout>'],
  [['release', 'plan', 'a/b', '--image', 'x:1', '--analysis-success-ratio', '99'], 'such as 0.99 for 99 %'],
])('%j is answered with: %s', async (words, answer) => {
  expect(await said(...words)).toContain(answer);
});

test('help of a command of a toolset is the help of that command', async () => {
  expect(await said('help', 'release', 'get')).toMatch(/^Usage: sluice release get/);
});

test('the help names commands and flags, no tools and no fields of other doors', async () => {
  const groups = [...new Set(CATALOGUE.map(({ toolset }) => toolset))];
  const pages = await Promise.all(CATALOGUE.map((command) => said(command.toolset, wordOf(command), '--help')));
  const text = [...pages, ...(await Promise.all(groups.map((group) => said(group, '--help'))))].join('\n');

  expect(CATALOGUE.filter(({ name }) => new RegExp(`\\b${name}\\b`).test(text)).map(({ name }) => name)).toEqual([]);
  expect(text).not.toMatch(/[Nn]eeds? confirm/);
});

test('the help says the default of a field', async () => {
  expect(await said('traefik', 'delete-route', '--help')).toMatch(/--idle-seconds <number> [^-]* Default\s+300\./);
});

test('a refusal that names a field to set names its flag here', () => {
  const plan = named('delivery_plan');

  expect(flagWords('Set start to the words of the command, such as ["node","server.js"].', plan)).toBe(
    'Set --start to the words of the command, such as node server.js.',
  );
  expect(flagWords('Set strategy: blue-green, or change the Rollout.', named('release_plan'))).toBe(
    'Set --strategy blue-green, or change the Rollout.',
  );
  expect(flagWords('Set spec.suspend to false.', plan)).toBe('Set spec.suspend to false.');
});

test.each([
  ['Call delivery_get with name "web" again.', 'Call `sluice delivery get web` again.'],
  ['call argo_promote_rollout with full: true.', 'call `sluice argo promote-rollout shop/web --full`.'],
  [
    'Call k8s_rollout_status with kind rollouts, namespace shop and name web.',
    /rollout-status rollouts web --namespace shop`\.$/,
  ],
  ['call release_start with target shop/web and image app:v2.', 'call `sluice release start shop/web --image app:v2`.'],
])('%s', (text, expected) => {
  const words = terminalWords(text, CATALOGUE, { namespace: 'shop', name: 'web' });
  if (typeof expected === 'string') expect(words).toBe(expected);
  else expect(words).toMatch(expected);
});

test.each([['--version'], ['-V']])('%s alone prints the version', async (flag) => {
  expect(await sluice({ gateway }, flag)).toMatchObject({ code: 0, out: '0.0.0' });
});

test('a field named version is a flag of its command', async () => {
  const { out, err, code } = await sluice({ gateway }, 'release', 'plan', '--strategy', 'mcp', '--version', '9.9.9');
  expect([code, out]).toEqual([2, '']);
  expect(err).not.toContain('version: is missing');
});

test('no flag of a command is an option of the whole program', async () => {
  const options = [...(await said('--help')).matchAll(/(?<=\s)--([a-z-]+) /g)].map(([, name]) => name);
  const flags = CATALOGUE.flatMap((command) => flagFields(command).map(flagName));
  expect(options).toContain('settings');
  expect(flags.filter((flag) => options.includes(flag))).toEqual([]);
});

test('no argument of a command is asked for twice: once as its object, and once by its name', () => {
  const twice = CATALOGUE.filter((command) =>
    (command.positional ?? []).some((name) => subjectOf(command)?.fields.some((field) => field.split('.')[0] === name)),
  );
  expect(twice.map(({ name }) => name)).toEqual([]);
});
