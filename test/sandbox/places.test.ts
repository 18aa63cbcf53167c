import { createServer } from 'node:net';
import type { Server } from 'node:net';

import { afterEach, expect, test } from '@jest/globals';

import { stateDirOf } from '../../sandbox/place.ts';
import { acquireLock } from '../../sandbox/processes/lock.ts';
import {
  choosePorts,
  chooseRange,
  claimPorts,
  ETCD_CLIENT_PORT,
  etcdAddress,
  PORT_NAMES,
} from '../../sandbox/processes/ports.ts';

const servers: Server[] = [];

function hold(port: number, host: string): Promise<void> {
  const server = createServer();
  servers.push(server);
  return new Promise((resolve, reject) => server.once('error', reject).listen(port, host, () => resolve()));
}

afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

// Ranges near the end: those at the beginning may belong to living sandboxes.
test('a range whose claim is held is passed over', async () => {
  const free = await chooseRange(110);
  await hold(ETCD_CLIENT_PORT, etcdAddress(free));

  expect(await chooseRange(110)).toBeGreaterThan(free);
});

test('two ranges never share a port', async () => {
  const [first, second] = [await choosePorts(111), await choosePorts(112)];

  const ports = [...Object.values(first), ...Object.values(second)];
  expect(new Set(ports).size).toBe(2 * PORT_NAMES.length);
});

test('a port that is in use is passed over, also when it is held on all addresses', async () => {
  const before = Object.values(await choosePorts(113));
  await hold(before[0]!, '0.0.0.0');

  expect(Object.values(await choosePorts(113))).not.toContain(before[0]);
});

test('when a block of ports is used up, the error says which', async () => {
  const names = Array.from({ length: 41 }, (_, n) => `part-${n}`);

  await expect(choosePorts(114, names)).rejects.toThrow(/No free port for part-\d+ in \d+-\d+/);
});

test('one holder of a lock at a time', async () => {
  const name = `test ${process.pid}`;
  const first = await acquireLock(name);

  await expect(acquireLock(name, { timeoutMs: 300 })).rejects.toThrow('Another process is still at work');
  await first.release();

  await (await acquireLock(name, { timeoutMs: 300 })).release();
});

test.each(['', '../other', 'Upper', 'a b', '-a', 'a/b'])('"%s" cannot name a sandbox', (name) => {
  expect(() => stateDirOf({ name, home: '/tmp' })).toThrow('cannot name a sandbox');
});

test('those who look for ports at the same moment never get the same, and what is given back can be had again', async () => {
  const claims = await Promise.all(
    Array.from({ length: 300 }, () => claimPorts(['temporal', 'temporal-ui', 'temporal-http', 'temporal-metrics'])),
  );
  const ports = claims.flatMap((claim) => Object.values(claim.ports));
  await Promise.all(claims.map(({ release }) => release()));

  expect(new Set(ports).size).toBe(1200);
  expect(ports.every((port) => port > 20_000 && port < 32_000)).toBe(true);
});
