import { afterAll, expect, jest, test } from '@jest/globals';
import type { Audience } from '../../src/domain/servers/audience.ts';
import { ServerRelease } from '../support/server-release.ts';
import { startTestTemporal } from '../support/temporal.ts';

jest.setTimeout(300_000);
const temporal = await startTestTemporal();
afterAll(() => temporal.stop());

const token = (claims: object): string =>
  `Bearer ${['{}', JSON.stringify(claims), 'x'].map((part) => Buffer.from(part).toString('base64url')).join('.')}`;
/** Every second caller is in the audience. */
const isIn = (caller: number): boolean => caller % 2 === 0;

const AUDIENCES: readonly [string, Audience, (caller: number) => Record<string, string>][] = [
  [
    'header',
    { by: 'header', name: 'x-plan', values: ['beta'] },
    (caller) => ({ 'x-plan': isIn(caller) ? 'beta' : 'a' }),
  ],
  [
    'claim',
    { by: 'claim', name: 'tier', values: ['gold'] },
    (caller) => ({ authorization: token({ sub: `user-${caller}`, tier: isIn(caller) ? 'gold' : 'tin' }) }),
  ],
];

/** A release at two gateway processes. `body` gets it once it has started, with who was answered by 2.0.0. */
async function released(
  [by, audience, as]: (typeof AUDIENCES)[number],
  options: readonly string[],
  file: object,
  body: (one: ServerRelease, answered: ReadonlySet<number>) => Promise<void>,
): Promise<void> {
  const one = new ServerRelease(temporal, `audience-${by}-${options[0] ?? 'good'}`);
  const answered = new Set<number>();
  const seen = (caller: number, text: string): void => void (text.startsWith('two') && answered.add(caller));
  await one.open({ options, audience, processes: 2, as, seen });
  try {
    await one.start({ ...file });
    const worker = await one.worker();
    await worker.runUntil(() => body(one, answered));
  } finally {
    await one.close();
  }
}

test.each(AUDIENCES)('a version for callers with a %s is judged by their calls, and reaches nobody else', (...given) =>
  released(given, ['faulty'], { steps: [50, 100] }, async (one, answered) => {
    const result = await one.ended();
    // Of all calls less than a quarter fail at 50 %. Of those that are judged, all tool calls do.
    const failed = /errors: new ([6-9]\d|100)\.\d+ % of/;
    expect(result).toEqual({ state: 'rolled-back', reason: expect.stringMatching(failed) });
    expect(answered.size).toBeGreaterThan(0);
    expect([...answered].filter((caller) => !isIn(caller))).toEqual([]);
    const { versions } = await one.server();
    expect(versions.map(({ version, status, traffic }) => `${version} ${status} ${traffic}`)).toEqual([
      '1.0.0 blue 100',
      '2.0.0 inactive 0',
    ]);
  }),
);

test('at 100 % the whole audience has the version, and all others stay with blue until the promotion', () =>
  released(
    AUDIENCES[0] as (typeof AUDIENCES)[number],
    [],
    { steps: [100], require_manual_promotion: true },
    async (one, answered) => {
      await one.until(({ waiting }) => waiting?.for === 'promotion');
      expect([...answered].toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => 2 * index));
      await one.update('promote');
      expect(await one.ended()).toMatchObject({ state: 'succeeded' });
      const [, two] = (await one.server()).versions;
      expect(two).toMatchObject({ status: 'blue', traffic: 100 });
      expect(two).not.toHaveProperty('audience');
      while (answered.size < 40) await new Promise((resolve) => setTimeout(resolve, 50));
    },
  ));
