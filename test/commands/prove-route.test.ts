import { expect, test } from '@jest/globals';
import type { CommandContext } from '../../src/commands/command.ts';
import { proveRoute, serves } from '../../src/commands/prove-route.ts';
import { SluiceError } from '../../src/domain/errors.ts';
import type { ServedRoute } from '../../src/ports/routes.ts';

const VIEW = { ref: { cluster: 'test', namespace: 'shop', name: 'app' }, entries: [] };
const RULE = 'Host(`app.local`)';
const good: ServedRoute = { replica: 'one', weights: [90, 10], rules: [RULE] };

/** Replicas whose answers follow each other; the last one stays. */
function context(
  answers: readonly (readonly ServedRoute[] | Error)[],
  signal = new AbortController().signal,
): CommandContext & { asked: () => number } {
  let asked = 0;
  const served = () => {
    const answer = answers[Math.min(asked, answers.length - 1)] ?? [];
    asked += 1;
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  return { ports: { routes: { served } }, signal, asked: () => asked } as unknown as CommandContext & {
    asked: () => number;
  };
}

const stopped = () => AbortSignal.abort();

test('proved only once every replica shows it', async () => {
  const late = { ...good, replica: 'two', weights: [100, 0] };
  const calls = context([
    [good, late],
    new SluiceError('CLUSTER_UNREACHABLE', 'away'),
    [good, { ...good, replica: 'two' }],
  ]);
  expect(await proveRoute(calls, VIEW, serves([90, 10], 'a 90, b 10', RULE))).toEqual({
    effective: 'proved',
    reason: 'a 90, b 10 in force on all 2 Traefik replicas',
  });
  expect(calls.asked()).toBe(3);
});

test.each([
  ['other weights', { ...good, weights: [100, 0] }, 'Traefik one serves 100/0 instead of 90/10'],
  ['weights in another order', { ...good, weights: [10, 90] }, 'serves 10/90'],
  ['no router', { ...good, rules: [] }, `has no enabled router for ${RULE}`],
  ['a broken router', { ...good, rules: [], error: 'its router is disabled: x' }, '(its router is disabled: x)'],
  ['a route that it does not know', { replica: 'one', unknown: true }, 'Traefik one does not know the route'],
  ['silence', { replica: 'one', error: 'no answer within 1000 ms' }, 'Traefik one: no answer'],
] as const)('pending for %s, with the replica that is missing and no other', async (_, answer, text) => {
  const proof = await proveRoute(
    context([[answer, { ...good, replica: 'two' }]], stopped()),
    VIEW,
    serves([90, 10], 'it', RULE),
  );
  expect(proof.effective).toBe('pending');
  expect(proof.reason).toContain(text);
  expect(proof.reason).not.toContain('two');
});

test('no replica known is not all replicas', async () => {
  const proof = await proveRoute(context([[]]), VIEW, serves([], 'it'));
  expect(proof).toMatchObject({ effective: 'pending', reason: expect.stringContaining('counters') });
});

test('replicas that cannot be asked prove nothing, whatever the reason; a defect is not hidden', async () => {
  const proof = await proveRoute(
    context([new SluiceError('FORBIDDEN', 'may not list pods')], stopped()),
    VIEW,
    serves([], 'it'),
  );
  expect(proof).toMatchObject({ effective: 'pending', reason: expect.stringContaining('may not list pods') });
  await expect(proveRoute(context([new TypeError('bug')]), VIEW, serves([], 'it'))).rejects.toThrow('bug');
});

test('a caller that goes away is not waited for', async () => {
  const calls = context([[{ ...good, weights: [100, 0] }]], stopped());
  await proveRoute(calls, VIEW, serves([90, 10], 'it'));
  expect(calls.asked()).toBe(1);
});
