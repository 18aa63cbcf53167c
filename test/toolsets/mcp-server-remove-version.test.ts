import { expect, test } from '@jest/globals';
import { register } from '../../src/domain/servers/actions.ts';
import { emptyServer } from '../../src/domain/servers/server.ts';
import type { GatewayView, OpenWork, SilentGateway } from '../../src/ports/server-gateways.ts';
import { createFakeGateway, fakeServices } from '../support/fake-gateway.ts';
import { createFakeServerGateways } from '../support/fake-server-gateways.ts';
import { createFakeServers } from '../support/fake-servers.ts';
import { sluice } from '../support/cli.ts';

const by = { at: 1, who: 'tester' };
const upstream = { transport: 'sse', url: 'http://one.example', headers: {} } as const;
const one = register(emptyServer('shop', 'project'), { version: '1.0.0', upstream, blue: true }, by);
const both = register(one, { version: '2.0.0', upstream }, by);

const at = (gateway: string, open: OpenWork): GatewayView => ({
  gateway,
  servers: [{ server: 'shop', revision: 2, versions: [{ version: '2.0.0', traffic: 0, open }] }],
});
const SILENT: SilentGateway = { gateway: 'http://c', error: 'refused' };
const BUSY = [
  at('http://a', { sessions: 1, tasks: 0, requests: 0 }),
  at('http://b', { sessions: 1, tasks: 1, requests: 0 }),
  SILENT,
];

function stage(...views: readonly (GatewayView | SilentGateway)[]) {
  const gateway = createFakeGateway();
  const servers = createFakeServers(both);
  const services = { ...fakeServices(gateway), servers, serverGateways: createFakeServerGateways(...views) };
  return { servers, call: (...words: string[]) => sluice({ gateway, services }, 'server', ...words) };
}

const REMOVE = ['remove-version', 'shop', '2.0.0'];

test('a version with a live session or an open task is not removed, and the numbers of all gateways are shown', async () => {
  const { call, servers } = stage(...BUSY);
  const { code, err } = await call(...REMOVE, '--yes');
  expect([code, err]).toEqual([7, expect.stringContaining('not drained. Open at its gateways: 2 sessions, 1 task.')]);
  expect(err).toContain('--end-sessions');
  expect((await servers.read('shop'))?.versions).toHaveLength(2);
  expect((await call('status', 'shop')).out).toContain('open: 2 sessions, 1 task');
});

test('who wants to end the sessions is asked with the numbers', async () => {
  const { call, servers } = stage(...BUSY);
  expect((await call(...REMOVE, '--end-sessions')).err).toContain('Remove shop@2.0.0? This ends 2 sessions, 1 task.');
  expect((await call(...REMOVE, '--end-sessions', '--yes')).code).toBe(0);
  expect((await servers.read('shop'))?.versions).toHaveLength(1);
});

test('a drained version is removed, also where no gateway answers', async () => {
  for (const view of [at('http://a', { sessions: 0, tasks: 0, requests: 0 }), SILENT])
    expect((await stage(view).call(...REMOVE, '--yes')).code).toBe(0);
});
