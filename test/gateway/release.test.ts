import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { aServer, program, remote, startGateway, startRemote, type Stage } from '../support/gateway-stage.ts';
import { connect, ERAS, type Era } from '../support/mcp-clients.ts';
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

interface Seen {
  calls: number;
  /** Calls that no version answered. */
  readonly failures: string[];
}

/** Connects anew and calls, again and again, until `ended`. */
async function useIt(
  era: Era,
  name: string,
  tool: [string, Record<string, unknown>],
  ended: () => boolean,
): Promise<Seen> {
  const seen: Seen = { calls: 0, failures: [] };
  while (!ended()) {
    const client = await connect(era, { url: stage.url(name) }).catch((error: Error) => error.message);
    if (typeof client === 'string') {
      seen.failures.push(client);
      continue;
    }
    for (let turn = 0; turn < 3; turn += 1) {
      seen.calls += 1;
      const failed = await client.callTool(...tool).then(
        ({ isError }) => (isError === true ? 'isError' : undefined),
        (error: Error) => error.message,
      );
      if (failed !== undefined) seen.failures.push(failed);
    }
    await client.close();
  }
  return seen;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Kills the processes of this one whose command line has the word. Returns how many there were. */
function kill(word: string): number {
  const mine = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && isChild(pid, word));
  for (const pid of mine) process.kill(Number(pid), 'SIGKILL');
  return mine.length;
}

function isChild(pid: string, word: string): boolean {
  try {
    const parent = /\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];
    return Number(parent) === process.pid && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(word);
  } catch {
    return false;
  }
}

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
    const users = ERAS.map((era) => useIt(era, name, call, () => over));
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
  const users = ERAS.map((era) => useIt(era, 'processes', call, () => over));
  await shiftUpAndDown('processes', 'two', (traffic) => {
    if (traffic > 0) killed += kill('gateway-server.ts\0two');
  });
  over = true;
  const failures = (await Promise.all(users)).flatMap((seen) => seen.failures);
  expect(killed).toBeGreaterThan(0);
  // A call that was under way may fail with its process, and with no other reason.
  expect(failures.filter((failure) => !failure.includes('was ended by SIGKILL'))).toEqual([]);
  expect(failures.length).toBeLessThanOrEqual(killed);
}, 120_000);
