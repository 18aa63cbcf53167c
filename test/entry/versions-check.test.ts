import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { version } from '../../src/config/version.ts';
import { versionIn, workerIdentity, type PollingWorker } from '../../src/domain/worker-build.ts';
import { compared, versionsCheck } from '../../src/entry/versions-check.ts';

const address = 'http://127.0.0.1:8080';
const OWN = { own: '1.5.0', build: '1.5.0-aa', address };
const worker = (of: string, build = ''): PollingWorker => ({ build, version: of });

test.each<[string, string | undefined, readonly PollingWorker[] | undefined, string]>([
  [
    'all of one version',
    '1.5.0',
    [worker('1.5.0'), worker('1.5.0')],
    'the server at http://127.0.0.1:8080 is 1.5.0; 2 workers of 1.5.0',
  ],
  ['nothing runs', undefined, [], 'no server answers at http://127.0.0.1:8080; no worker has polled lately'],
  ['Temporal is away', '1.5.0', undefined, 'is 1.5.0; the workers are known only when Temporal answers'],
  [
    'an older build ends its releases',
    '1.5.0',
    [worker('1.5.0', '1.5.0-aa'), worker('1.4.0', '1.4.0-bb')],
    '1 worker of 1.5.0 (build 1.5.0-aa), 1 worker of 1.4.0 (build 1.4.0-bb); a release ends on the build that began it',
  ],
])('%s: nothing to do', (_, server, workers, detail) => {
  const found = compared({ ...OWN, server, workers });
  expect(found.state).toBe('ok');
  expect(found.detail).toMatch(/^this command is 1\.5\.0 \(build 1\.5\.0-aa\); /);
  expect(found.detail).toContain(detail);
});

test.each<[string, string | undefined, readonly PollingWorker[], string]>([
  ['an older server', '1.4.0', [worker('1.5.0')], 'Restart the server at http://127.0.0.1:8080 with version 1.5.0.'],
  ['what says no version', '', [], 'Restart the server at http://127.0.0.1:8080 with version 1.5.0.'],
  [
    'a worker of another version among the own, without worker versioning',
    undefined,
    [worker('1.5.0'), worker('1.4.0')],
    'Restart 1 worker with version 1.5.0: without worker versioning each worker gets any task.',
  ],
  ['a worker that says no version', undefined, [{ build: '' }], 'Restart 1 worker with version 1.5.0: '],
  ['only older builds', '1.5.0', [worker('1.4.0', '1.4.0-bb')], 'Start a worker of version 1.5.0 (sluice worker). '],
])('%s: the next action', (_, server, workers, next) => {
  const found = compared({ ...OWN, server, workers });
  expect(found.state).toBe('missing');
  expect(found.next).toContain(next);
});

test('a worker names its version to Temporal', () => {
  expect(versionIn(workerIdentity('1.5.0', 12, 'web-1'))).toEqual({ version: '1.5.0' });
  expect(versionIn('12@web-1')).toEqual({});
});

test('the version of the server is read from the running one', async () => {
  const server = createServer((_, response) => response.end(JSON.stringify({ status: 'ok', version: '0.0.1' })));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: mcpPort } = server.address() as AddressInfo;
  const probe = async () => ({
    ...{ address: '', namespace: '', taskQueue: '' },
    pollers: 1,
    workers: [worker(version())],
  });
  const found = await versionsCheck({ host: '127.0.0.1', mcpPort }, { probe });
  server.close();
  expect(found).toMatchObject({
    state: 'missing',
    detail: expect.stringContaining(`the server at http://127.0.0.1:${mcpPort} is 0.0.1; 1 worker of ${version()}`),
    next: `Restart the server at http://127.0.0.1:${mcpPort} with version ${version()}.`,
  });
});
