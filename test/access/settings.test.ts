import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { loadSettings } from '../../src/config/load.ts';
import { sluice } from '../support/cli.ts';
import { createFakeGateway, DEFAULTS, fakeServices } from '../support/fake-gateway.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-access-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let count = 0;
function fileWith(text: string): string {
  const file = join(folder, `settings-${(count += 1)}.yaml`);
  writeFileSync(file, text);
  return file;
}

const RULES = `
access:
  - name: shop team
    who: { issuer: os, subject: ada }
    permissions: [operate]
    namespaces: [shop]
    tools: [release]
  - name: looking
    who: everyone
    permissions: [read]
`;

const can = (rules: string, ...words: string[]) =>
  sluice({ gateway: createFakeGateway() }, '--settings', fileWith(rules), 'access', 'can', ...words);

test('a file without the section has no rules', () => {
  expect(loadSettings({ env: {}, file: fileWith('mcp_port: 1') }).settings.access).toBeUndefined();
});

test.each([
  ['access: yes please', /access: /],
  ['access: [{name: a, who: everyone}]', /access\.0\.permissions: is missing/],
  ['access: [{name: a, who: {}, permissions: [read]}]', /must name somebody/],
  ['access: [{name: a, who: {subject: ada}, permissions: [read]}]', /needs its issuer/],
  ['access: [{name: a, who: {issuer: client, subject: ada}, permissions: [read]}]', /prove nothing/],
  ['access: [{name: a, who: everyone, permissions: [owner]}]', /owner is not one of read, operate, admin, approve/],
  ['access: [{name: a, who: everyone, permissions: [read], namespace: [x]}]', /did you mean access\.0\.namespaces/],
  ['access: [{name: a, who: everyone, permissions: [read], targets: [web]}]', /namespace\/name/],
  ['access: [{name: a, who: everyone, permissions: [read], namespaces: []}]', /namespaces/],
  [
    'access: [{name: a, who: everyone, permissions: [read]}, {name: a, who: everyone, permissions: [read]}]',
    /name of its own/,
  ],
])('%s is refused', (text, message) => {
  expect(() => loadSettings({ env: {}, file: fileWith(text) })).toThrow(message);
});

test('a tool that does not exist is refused with the nearest name', async () => {
  const { code, err } = await can(RULES.replace('[release]', '[relase]'), 'ada', 'release_start', 'shop/web');

  expect(code).not.toBe(0);
  expect(err).toContain('did you mean release?');
});

test.each([
  [['ada', 'release_start', 'shop/web'], 0, 'yes: allowed by shop team. It sees the namespaces shop only.'],
  [['ada', 'release_start', 'blog/web'], 3, 'no: shop team: it is for namespace shop only; looking: it permits read'],
  [['os#ada', 'argo_abort_rollout', 'shop/web'], 3, 'no: shop team: it is for release only'],
  [['bob', 'release_start', 'shop/web'], 3, 'no: looking: it permits read, and release_start needs operate'],
  [['https://idp.example#eve', 'release_list'], 0, 'yes: allowed by looking'],
  [['ada', 'release_approve', 'shop/web'], 3, 'needs approve'],
])('sluice access can %j', async (words, exit, answer) => {
  const { code, out } = await can(RULES, ...words);

  expect([code, out]).toEqual([exit, expect.stringContaining(answer)]);
});

test('without rules, only the credential limits', async () => {
  expect((await can('', 'ada', 'release_start', 'shop/web')).out).toBe(
    'yes: os#ada is limited by no rule and no credential.',
  );
});

test.each([
  ['#ada', 'release_start', 'shop/web'],
  ['ada', 'release_start', 'a/b/c'],
  ['ada', 'release_strat', 'shop/web'],
])('wrong words are told: %j', async (...words) => {
  const { code, err } = await can(RULES, ...words);

  expect([code, err]).toEqual([2, expect.any(String)]);
});

test('the command line is bound by the rules too, and its lists and watches', async () => {
  const gateway = createFakeGateway();
  const rules = fileWith(RULES.replace('everyone', '{ issuer: os, subject: bob }'));
  const { access } = loadSettings({ env: {}, file: rules }).settings;
  const world = {
    gateway,
    services: { ...fakeServices(gateway), settings: { ...DEFAULTS, ...(access && { access }) } },
  };

  const denied = await sluice(world, '--settings', rules, 'argo', 'list-rollouts');
  const watched = await sluice(world, '--settings', rules, 'release', 'watch', 'blog/web');

  expect([denied.code, denied.err]).toEqual([3, expect.stringContaining('ACCESS_DENIED')]);
  expect([watched.code, watched.err]).toEqual([3, expect.stringContaining('ACCESS_DENIED')]);
});
