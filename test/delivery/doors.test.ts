import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../scripts/root.mjs';
import { createSourceRepositories } from '../../src/adapters/git/index.ts';
import type { CommandContext } from '../../src/commands/command.ts';
import type { Caller } from '../../src/domain/access/caller.ts';
import { execute } from '../../src/commands/execute.ts';
import { CATALOGUE } from '../../src/toolsets/index.ts';
import { createFakeDelivery, NODE_SERVICE } from '../support/fake-delivery.ts';
import { createFakeGateway, fakeServices } from '../support/fake-gateway.ts';
import { GitRepositories, gitIn } from '../support/git-repositories.ts';
import { memoryAudit } from '../support/mcp-server.ts';
import { settingsWith } from '../support/settings.ts';

// The programs start processes of their own.
jest.setTimeout(300_000);

let repositories: GitRepositories;
let source: string;
beforeEach(() => {
  repositories = new GitRepositories();
  source = `file://${repositories.create('web', NODE_SERVICE)}`;
});
afterEach(() => repositories.close());

async function call(kind: Caller['kind'], tool: string, raw: object, changes = {}): Promise<object> {
  const command = CATALOGUE.find(({ name }) => name === tool);
  if (!command) throw new Error(`there is no ${tool}`);
  const limits = { files: 100, bytes: 1024 * 1024 };
  const context: CommandContext = {
    ...fakeServices(createFakeGateway()),
    settings: settingsWith(changes),
    delivery: { ...createFakeDelivery(), sources: createSourceRepositories({ credentials: {}, limits }) },
    caller: { id: `${kind}:ada`, kind },
    signal: new AbortController().signal,
    progress: async () => undefined,
  };
  return execute({ command, raw, context, gate: { allowWrite: true, toolsets: [] }, audit: memoryAudit() });
}

test.each(['mcp', 'http'] as const)(
  'over %s a folder of the machine is read only where a setting allows it',
  async (kind) => {
    const raw = { git_url: source, name: 'web', version: 'v1' };

    await expect(call(kind, 'delivery_plan', raw)).rejects.toMatchObject({ code: 'GIT_URL_REFUSED' });
    expect(await call(kind, 'delivery_plan', raw, { gitLocal: true })).toMatchObject({ language: 'nodejs' });
  },
);

test.each(['mcp', 'http'] as const)(
  'over %s an image is built only where a setting names the builder',
  async (kind) => {
    await expect(call(kind, 'delivery_build', { name: 'web' })).rejects.toMatchObject({ code: 'BUILDER_MISSING' });
    expect(await call(kind, 'delivery_build', { name: 'web' }, { builder: 'buildah' })).toMatchObject({
      effective: 'proved',
    });
  },
);

/** Runs a program of package.json, as npm links it. */
function program(name: string, cwd: string, ...args: readonly string[]) {
  const folder = join(repositories.root, 'bin');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  symlinkSync(join(ROOT, 'bin', 'delivery.mjs'), path);
  const env = { ...process.env, SLUICE_HOME: join(repositories.root, 'home') };
  const { status, stdout, stderr } = spawnSync(process.execPath, [path, ...args], { cwd, env, encoding: 'utf8' });
  return { status, stdout, stderr };
}

test('clone-and-setup and substitute-templates work as programs, also from the folder of the deployment', () => {
  const mine = repositories.create('mine', { 'README.md': '' });

  const setUp = program('clone-and-setup', mine, source, 'web', 'v1', '--yes');
  expect([setUp.status, setUp.stderr]).toEqual([0, '']);
  gitIn(mine, 'switch', '--quiet', 'web-v1');
  const again = program('substitute-templates', join(mine, 'deployments/web'), '.');

  expect([again.status, again.stdout]).toEqual([0, expect.stringContaining('nothing changed')]);
});

test('a folder outside of deployments/, and another name of the program, are refused in one line', () => {
  const folder = program('build-and-push', repositories.root, '.');
  const name = program('something', repositories.root);

  expect([folder.status, folder.stderr]).toEqual([
    2,
    expect.stringMatching(/^build-and-push: .* not a folder of deployments\/\.\n$/),
  ]);
  expect([name.status, name.stderr]).toEqual([2, expect.stringMatching(/^something: start it as .*\n$/)]);
});
