import { beforeEach, expect, test } from '@jest/globals';
import type { CommandContext } from '../../src/commands/command.ts';
import type { WorkerBuild } from '../../src/domain/worker-build.ts';
import { workerVersion } from '../../src/toolsets/worker-version/index.ts';
import { workerVersionActivate } from '../../src/toolsets/worker-version/worker-version-activate.ts';
import { workerVersionList } from '../../src/toolsets/worker-version/worker-version-list.ts';
import { workerVersionMove } from '../../src/toolsets/worker-version/worker-version-move.ts';
import { createFakeGateway, fakeServices, type FakeGateway } from '../support/fake-gateway.ts';

const ID = 'release/prod/shop/web';
const NEW: WorkerBuild = { build: 'b', state: 'current', pollers: 2, runs: [], since: 0 };
const OLD: WorkerBuild = { build: 'a', state: 'draining', pollers: 1, runs: [ID] };

let gateway: FakeGateway;
let context: CommandContext;
beforeEach(() => {
  gateway = createFakeGateway();
  gateway.builds.known = [NEW, OLD];
  context = {
    ...fakeServices(gateway),
    caller: { id: 'cli:ada', kind: 'cli' },
    signal: new AbortController().signal,
    progress: () => Promise.resolve(),
  };
});

const doctor = async (known: readonly WorkerBuild[]) => {
  gateway.builds.known = known;
  const [check] = workerVersion.checks.ofProcess!;
  return [await check!(context)].flat()[0];
};

test.each<[string, WorkerBuild, string]>([
  ['current', NEW, 'It takes new releases. 0 open runs.'],
  [
    'current without workers',
    { ...NEW, pollers: 0 },
    'It takes new releases, but none of its workers polls. Start one.',
  ],
  ['needed', OLD, '1 open run. Its workers have to run until they end.'],
  ['over', { ...OLD, runs: [] }, 'No open run needs it. Its workers can be stopped.'],
  ['unused', { ...OLD, state: 'inactive', runs: [] }, 'It never took new releases.'],
  [
    'abandoned',
    { ...OLD, pollers: 0 },
    '1 open run, and no worker of this build: nobody carries them on. Start one, or move them with worker_version_move.',
  ],
])('a build that is %s', async (_, build, detail) => {
  gateway.builds.known = [build];
  const answer = await workerVersionList.run(context, {});

  expect(answer.builds).toMatchObject([{ build: build.build, workers: build.pollers, detail }]);
  expect(workerVersionList.text(answer)).toContain(detail);
});

test('runs in namespaces that the caller may not see are counted and not named', async () => {
  const settings = { ...context.settings, allowedNamespaces: ['team'] };
  const guard = 'guard/prod/team/web';
  gateway.builds.known = [{ ...OLD, runs: [ID, guard] }];

  expect(await workerVersionList.run({ ...context, settings }, {})).toMatchObject({
    builds: [{ open_runs: 2, runs: [guard] }],
  });
});

test('without builds the answer says that any worker carries any release', async () => {
  gateway.builds.known = [];
  expect(workerVersionList.text(await workerVersionList.run(context, {}))).toContain('worker versioning is off');
});

test('new releases go to another build after a confirmation', async () => {
  await expect(workerVersionActivate.run(context, { build: 'a' })).rejects.toMatchObject({
    code: 'CONFIRMATION_REQUIRED',
    message: expect.stringContaining('Give new releases to the build a? They go to b now.'),
  });
  const answer = await workerVersionActivate.run(context, { build: 'a', confirm: 'a' });

  expect(workerVersionActivate.text(answer)).toBe('New releases go to the build a, no longer to b.');
  expect(workerVersionActivate.text(await workerVersionActivate.run(context, { build: 'a', confirm: 'a' }))).toBe(
    'New releases went to the build a already.',
  );
  await expect(workerVersionActivate.run(context, { build: 'z', confirm: 'z' })).rejects.toMatchObject({
    code: 'BUILD_UNKNOWN',
  });
});

test('a release is moved with a reason and a confirmation', async () => {
  expect(() => workerVersionMove.check({ run: ID, build: 'b' }, context.settings)).toThrow(/reason/);
  const input = { run: ID, build: 'b', reason: 'the image of a is gone' };
  await expect(workerVersionMove.run(context, input)).rejects.toMatchObject({ code: 'CONFIRMATION_REQUIRED' });
  await workerVersionMove.run(context, { ...input, confirm: ID });

  expect((await gateway.builds.list()).map(({ runs }) => runs)).toEqual([[ID], []]);
  expect(await workerVersionMove.touches!(context, input)).toMatchObject([{ namespace: 'shop', name: 'web' }]);
});

test('doctor misses workers where open runs or new releases need them', async () => {
  expect(await doctor([])).toMatchObject({ state: 'ok', detail: 'worker versioning is off' });
  expect(await doctor([NEW, OLD])).toMatchObject({
    state: 'ok',
    detail: 'b takes new releases; a still carries 1 open run',
  });
  expect(await doctor([NEW, { ...OLD, pollers: 0 }])).toMatchObject({
    state: 'missing',
    detail: `1 open run tied to the build a, which has no worker: ${ID}`,
  });
  expect(await doctor([{ ...NEW, pollers: 0 }])).toMatchObject({ state: 'missing' });
  expect(await doctor([{ ...OLD, runs: [] }])).toMatchObject({
    state: 'missing',
    detail: 'no build takes new releases',
  });
});
