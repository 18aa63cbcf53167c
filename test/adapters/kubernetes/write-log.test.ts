import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ROLLOUT, TRAEFIK_SERVICE } from '../../../src/adapters/kubernetes/kinds.ts';
import { NOTHING, WriteLog } from '../../../src/adapters/kubernetes/write-log.ts';
import { SluiceError } from '../../../src/domain/errors.ts';

const ref = (namespace: string) => ({ kind: ROLLOUT, namespace, name: 'app' });
const object = (version: string) => ({ metadata: { resourceVersion: version } });
const wrote = (log: WriteLog, namespace: string, result: unknown) =>
  log.around(
    ref(namespace),
    () => Promise.resolve(result),
    (answer) => answer,
  );

const nothing = () => false;

describe('what covers a write', () => {
  test('its version or a newer one, compared as numbers', async () => {
    const log = new WriteLog();
    await wrote(log, 'shop', object('99'));

    expect(log.covers(ROLLOUT, 'shop', '98', nothing)).toBe(false);
    expect(log.covers(ROLLOUT, 'shop', '99', nothing)).toBe(true);
    expect(log.covers(ROLLOUT, 'shop', '100', nothing)).toBe(true);
    expect(log.covers(ROLLOUT, undefined, '98', nothing)).toBe(false);
    expect(log.covers(ROLLOUT, 'other', '1', nothing)).toBe(true);
    expect(log.covers(TRAEFIK_SERVICE, 'shop', '1', nothing)).toBe(true);
  });

  test('nothing but itself, for a version that is no number', async () => {
    const log = new WriteLog();
    await wrote(log, 'shop', object('abc'));

    expect(log.covers(ROLLOUT, 'shop', '100', nothing)).toBe(false);
    expect(log.covers(ROLLOUT, 'shop', 'abc', nothing)).toBe(true);
  });

  test('only a read that began later, when its version is unknown', async () => {
    const log = new WriteLog();
    const early = log.mark();
    await wrote(log, 'shop', undefined);
    log.settle(ROLLOUT, 'shop', early, '50');
    expect(log.covers(ROLLOUT, 'shop', '1000', nothing)).toBe(false);

    log.settle(ROLLOUT, 'shop', log.mark(), '60');
    expect(log.covers(ROLLOUT, 'shop', '59', nothing)).toBe(false);
    expect(log.covers(ROLLOUT, 'shop', '60', nothing)).toBe(true);
  });

  test('a deletion is covered by what does not hold the object', async () => {
    const log = new WriteLog();
    await log.aroundDeletion(ref('shop'), 'uid-1', () => Promise.resolve());
    const holds = (uid: string) => uid === 'uid-1';

    expect(log.covers(ROLLOUT, 'shop', '1', holds)).toBe(false);
    expect(log.covers(ROLLOUT, undefined, '1', holds)).toBe(false);
    expect(log.covers(ROLLOUT, 'shop', '1', nothing)).toBe(true);
    expect(log.covers(ROLLOUT, 'other', '1', holds)).toBe(true);
  });

  test('a deletion that was refused, or went unanswered', async () => {
    const log = new WriteLog();
    const fail = (code: 'CONFLICT' | 'CLUSTER_UNREACHABLE') =>
      log.aroundDeletion(ref('shop'), 'uid-1', () => Promise.reject(new SluiceError(code, 'x'))).catch(() => undefined);
    await fail('CONFLICT');
    expect(log.covers(ROLLOUT, 'shop', '1', () => true)).toBe(true);

    await fail('CLUSTER_UNREACHABLE');
    expect(log.covers(ROLLOUT, 'shop', '1000', nothing)).toBe(false);
  });

  test('a refused write needs no cover, one without an answer does', async () => {
    const log = new WriteLog();
    const fail = (code: 'CONFLICT' | 'CLUSTER_UNREACHABLE') =>
      log
        .around(
          ref('shop'),
          () => Promise.reject(new SluiceError(code, 'x')),
          (answer) => answer,
        )
        .catch(() => undefined);
    await wrote(log, 'shop', NOTHING);
    await fail('CONFLICT');
    expect(log.covers(ROLLOUT, 'shop', '1', nothing)).toBe(true);

    await fail('CLUSTER_UNREACHABLE');
    expect(log.covers(ROLLOUT, 'shop', '1000', nothing)).toBe(false);
  });
});

type Step =
  | { readonly write: 'told' | 'untold'; readonly namespace: string }
  | { readonly read: string | undefined }
  | { readonly hold: true };

const namespace = fc.constantFrom('a', 'b');
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ write: fc.constantFrom('told' as const, 'untold' as const), namespace }),
  fc.record({ read: fc.option(namespace, { nil: undefined }) }),
  fc.record({ hold: fc.constant(true as const) }),
);

test('whatever the order of writes and reads, a version that is older than a write never covers it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const log = new WriteLog();
      const last = new Map<string, number>();
      let version = 1;
      let begun: { mark: number; version: number } | undefined;
      for (const now of steps) {
        if ('write' in now) {
          last.set(now.namespace, (version += 1));
          await wrote(log, now.namespace, now.write === 'told' ? object(String(version)) : undefined);
        } else if ('hold' in now) begun = { mark: log.mark(), version };
        else {
          // A read that began some steps ago, or begins now.
          const { mark, version: seen } = begun ?? { mark: log.mark(), version };
          log.settle(ROLLOUT, now.read, mark, String(seen));
          begun = undefined;
        }
        for (const [place, written] of last)
          expect(log.covers(ROLLOUT, place, String(written - 1), nothing)).toBe(false);
        expect(log.covers(ROLLOUT, undefined, String(Math.max(0, ...last.values()) - 1), nothing)).toBe(
          last.size === 0,
        );
      }
    }),
  );
});
