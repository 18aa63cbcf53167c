import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { aServer, program, remote, startGateway, startRemote, type Stage } from '../support/gateway-stage.ts';
import { useUntil } from '../support/gateway-users.ts';
import { signalChildren } from '../support/children.ts';
import { ERAS } from '../support/mcp-clients.ts';
import { EVERYTHING, installEverything } from '../support/published-servers.ts';

let stage: Stage;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const published = await installEverything();
  const remotes = await Promise.all(['one', 'two'].map((label) => startRemote(label, '2026')));
  stops.push(...remotes.map(({ stop }) => stop));
  const [one, two] = remotes.map(({ url }) => remote(url));
  if (!one || !two) throw new Error('no servers');
  stage = await startGateway([
    aServer('everything', published),
    aServer('processes', { one: program('one'), two: program('two') }),
    aServer('remotes', { one, two }),
  ]);
}, 240_000);
afterAll(async () => {
  await stage.close();
  await Promise.all(stops.map((stop) => stop()));
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Green gets traffic step by step, and loses it again. */
async function shiftUpAndDown(name: string, green: string, during: (traffic: number) => void = () => undefined) {
  for (const traffic of [0, 30, 70, 100, 40, 0]) {
    await stage.shift(name, green, traffic);
    during(traffic);
    await pause(1_500);
  }
}

const STORIES = [
  ['everything', EVERYTHING[1], ['echo', { message: 'hello' }]],
  ['processes', 'two', ['version', {}]],
  ['remotes', 'two', ['version', {}]],
] as const;

test.each(STORIES)(
  'no call of any client fails while traffic moves between versions of %s',
  async (name, green, tool) => {
    let over = false;
    const call: [string, Record<string, unknown>] = [tool[0], tool[1]];
    const users = ERAS.map((era) => useUntil(era, stage.url(name), call, () => over));
    await shiftUpAndDown(name, green);
    over = true;
    for (const { calls, failures } of await Promise.all(users)) {
      expect(failures).toEqual([]);
      expect(calls).toBeGreaterThan(5);
    }
    const { versions } = await stage.status(name);
    expect(versions.map(({ calls }) => calls.ok > 0)).toEqual([true, true]);
  },
  120_000,
);

test('while the processes of green are killed, only calls that were in one of them fail', async () => {
  let [over, killed] = [false, 0];
  const call: [string, Record<string, unknown>] = ['steps', {}];
  const users = ERAS.map((era) => useUntil(era, stage.url('processes'), call, () => over));
  await shiftUpAndDown('processes', 'two', (traffic) => {
    if (traffic > 0) killed += signalChildren('gateway-server.ts\0two', 'SIGKILL');
  });
  over = true;
  const failures = (await Promise.all(users)).flatMap((seen) => seen.failures);
  expect(killed).toBeGreaterThan(0);
  // A call that was under way may fail with its process, and with no other reason.
  expect(failures.filter((failure) => !failure.includes('was ended by SIGKILL'))).toEqual([]);
  expect(failures.length).toBeLessThanOrEqual(killed);
}, 120_000);
