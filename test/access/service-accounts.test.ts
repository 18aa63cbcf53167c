import { expect, test } from '@jest/globals';
import { SignJWT } from 'jose';
import { createTokenReview } from '../../src/adapters/token-review/index.ts';
import { SluiceError } from '../../src/domain/errors.ts';

const AUDIENCE = 'sluice';
const SUBJECT = 'system:serviceaccount:shop:ci';
const NOW = Date.parse('2026-11-30T12:00:00Z');
const HOUR_S = 3_600;

/** A token as a cluster makes it, signed by somebody. */
const tokenOf = ({ sub = SUBJECT, aud = AUDIENCE, exp = NOW / 1_000 + HOUR_S, id = '1' } = {}): Promise<string> =>
  new SignJWT({ jti: id })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(sub)
    .setAudience(aud)
    .setExpirationTime(exp)
    .sign(Buffer.alloc(32));

/** A cluster that knows these users by their tokens. */
function cluster(users: Record<string, string> = {}) {
  const asked: string[] = [];
  const world = { now: NOW, failure: undefined as Error | undefined };
  const reviewToken = async (token: string, audience: string) => {
    asked.push(audience);
    if (world.failure) throw world.failure;
    const username = users[token];
    return username === undefined ? undefined : { username, groups: ['system:serviceaccounts:shop'] };
  };
  return {
    asked,
    world,
    review: createTokenReview(
      async () => ({ reviewToken }),
      AUDIENCE,
      () => world.now,
    ),
  };
}

test('a service account is a machine of the cluster, which never approves', async () => {
  const token = await tokenOf();
  const { asked, review } = cluster({ [token]: SUBJECT });

  expect(await review.authenticate(token)).toEqual({
    identity: { kind: 'machine', issuer: 'kubernetes', subject: 'shop:ci', name: 'shop:ci' },
    groups: ['system:serviceaccounts:shop'],
    limits: { permissions: ['admin'] },
  });
  expect(asked).toEqual([AUDIENCE]);
});

test('what cannot be a token for this audience is not sent to the cluster', async () => {
  const { asked, review } = cluster();
  const others = await Promise.all([
    tokenOf({ aud: 'https://kubernetes.default.svc' }),
    tokenOf({ sub: 'ada' }),
    tokenOf({ exp: NOW / 1_000 - 1 }),
  ]);
  for (const token of ['', 'slk_key', 'a.b.c', ...others]) expect(await review.authenticate(token)).toBeUndefined();

  expect(asked).toEqual([]);
});

test('a token that the cluster does not accept, or that is of no service account, proves nobody', async () => {
  const [forged, person] = await Promise.all([tokenOf(), tokenOf({ id: '2' })]);
  const { review } = cluster({ [person]: 'kubernetes-admin' });

  expect(await review.authenticate(forged)).toBeUndefined();
  expect(await review.authenticate(person)).toBeUndefined();
});

test('an answer is believed for half a minute, and a failure is asked again', async () => {
  const token = await tokenOf();
  const { asked, world, review } = cluster({ [token]: SUBJECT });
  world.failure = new SluiceError('FORBIDDEN', 'tokenreviews');
  await expect(review.authenticate(token)).rejects.toMatchObject({
    code: 'CREDENTIALS_UNAVAILABLE',
    message: expect.stringContaining('FORBIDDEN'),
    next: expect.stringContaining('sluice-token-reviewer'),
  });
  world.failure = undefined;
  for (const later of [0, 29_000, 31_000]) {
    world.now = NOW + later;
    expect(await review.authenticate(token)).toBeDefined();
  }

  expect(asked).toHaveLength(3);
});

test('a flood of tokens does not fill the memory, and each is decided', async () => {
  const tokens = await Promise.all(Array.from({ length: 1_200 }, (_, id) => tokenOf({ id: String(id) })));
  const { asked, review } = cluster();

  expect(await Promise.all(tokens.map((token) => review.authenticate(token)))).toEqual(tokens.map(() => undefined));
  expect(asked).toHaveLength(1_200);
});
