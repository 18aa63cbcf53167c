import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createKeys } from '../../src/adapters/credentials/keys.ts';
import { createOAuth } from '../../src/adapters/oauth/index.ts';
import { anyOf } from '../../src/domain/access/authenticator.ts';
import { createLog } from '../../src/observability/log.ts';
import { startAccessServer, type AccessServer } from '../support/access-server.ts';
import { send } from '../support/rest.ts';

const WRONG = 100;
const RIGHT = 20;
const SECONDS = 3;
const home = mkdtempSync(join(tmpdir(), 'sluice-keys-'));
const logged: string[] = [];
let server: AccessServer;
let key: string;
/** Wrong keys that are being checked, and how they go on. */
const held: (() => void)[] = [];
let holds = false;

beforeAll(async () => {
  const keys = createKeys(home);
  const now = Date.now();
  key = keys.create({ name: 'ci', permissions: ['read'], createdBy: 'test', expiresAt: now + 600_000 }).token;
  const oauth = createOAuth({
    issuers: ['https://idp.invalid'],
    audiences: ['a'],
    algorithms: ['RS256'],
    groupsClaim: 'g',
  });
  const known = anyOf([keys, oauth]);
  const authenticator = {
    authenticate: async (token: string) => {
      if (holds && token !== key) await new Promise<void>((resolve) => held.push(resolve));
      return known.authenticate(token);
    },
  };
  server = await startAccessServer(
    { authenticator },
    { log: createLog('trace', { write: (line) => void logged.push(line) }) },
  );
});
afterAll(async () => {
  await server.close();
  rmSync(home, { recursive: true, force: true });
});

const ask = async (token: string): Promise<number> =>
  (await send(`${server.restUrl}/tools`, { headers: { authorization: `Bearer ${token}` } })).status;
/** A key of the right form, so that it is looked up. */
const wrongKey = (index: number) => `${key.slice(0, -6)}${String(index).padStart(6, 'x')}`;

test('while a hundred wrong keys are being checked, every right one is answered', async () => {
  holds = true;
  const wrong = Array.from({ length: WRONG }, (_, index) => ask(wrongKey(index)));
  while (held.length < WRONG) await sleep(5);

  const right = await Promise.all(Array.from({ length: RIGHT }, () => ask(key)));
  expect(right).toEqual(right.map(() => 200));
  expect(held).toHaveLength(WRONG);

  holds = false;
  for (const goOn of held.splice(0)) goOn();
  expect(await Promise.all(wrong)).toEqual(Array.from({ length: WRONG }, () => 401));
});

/** Milliseconds of right calls, one after the other for some seconds, with `perSecond` wrong keys beside them. */
async function times(perSecond: number): Promise<readonly number[]> {
  const taken: number[] = [];
  const wrong: Promise<number>[] = [];
  const began = performance.now();
  for (let now = began; now - began < SECONDS * 1000; now = performance.now()) {
    while (wrong.length < ((now - began) / 1000) * perSecond) wrong.push(ask(wrongKey(wrong.length)));
    expect(await ask(key)).toBe(200);
    taken.push(performance.now() - now);
  }
  expect(new Set(await Promise.all(wrong))).toEqual(new Set(perSecond > 0 ? [401] : []));
  expect(wrong.length).toBeGreaterThanOrEqual(perSecond * (SECONDS - 1));
  return taken.sort((a, b) => a - b);
}

/** The time is printed and not asserted, because a busy machine would decide. */
test('a hundred wrong keys a second: all are refused, every right call is answered, and no key is in a log', async () => {
  await times(0);
  const [alone, beside] = [await times(0), await times(WRONG)];
  const of = (all: readonly number[], part: number) => (all[Math.floor((all.length - 1) * part)] ?? 0).toFixed(1);
  const figure = (all: readonly number[]) =>
    `${all.length} calls in ${SECONDS} s, p50 ${of(all, 0.5)} ms, p95 ${of(all, 0.95)} ms`;
  process.stderr.write(
    `Right calls alone: ${figure(alone)}. Beside ${WRONG} wrong keys a second: ${figure(beside)}.\n`,
  );
  const all = [logged.join(), JSON.stringify(server.audit.entries)].join();
  for (const index of [0, 7, 99]) expect(all).not.toContain(wrongKey(index));
  expect(all).not.toContain(key);
}, 120_000);
