import { expect, test } from '@jest/globals';
import { sluice } from '../support/cli.ts';
import { flagFields, flagName } from '../../src/cli/flags.ts';
import { CATALOGUE } from '../../src/toolsets/index.ts';
import { createFakeGateway } from '../support/fake-gateway.ts';

// What people bring from kubectl and its plugins is answered with the word that holds here.

const gateway = createFakeGateway();
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
  [['release', 'get', 'shop'], '"shop" is no release: give <namespace>/<rollout>'],
  [['release', 'plan', 'a/b', '--image', 'x:1', '--analysis-success-ratio', '99'], 'such as 0.99 for 99 %'],
])('%j is answered with: %s', async (words, answer) => {
  expect(await said(...words)).toContain(answer);
});

test('help of a command of a toolset is the help of that command', async () => {
  expect(await said('help', 'release', 'get')).toMatch(/^Usage: sluice release get/);
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
