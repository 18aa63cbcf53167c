import { expect, test } from '@jest/globals';
import { signature } from '../../../src/adapters/webhooks/sign.ts';

// The vector of the specification's reference libraries.
const SECRET = 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const [ID, SECONDS, BODY] = ['msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330, '{"test": 2432232314}'] as const;

test('a signature is that of Standard Webhooks, with and without the prefix of the secret', () => {
  const expected = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';
  expect(signature(SECRET, ID, SECONDS, BODY)).toBe(expected);
  expect(signature(`whsec_${SECRET}\n`, ID, SECONDS, BODY)).toBe(expected);
});

test('another id, time or body has another signature', () => {
  const all = [
    signature(SECRET, ID, SECONDS, BODY),
    signature(SECRET, 'msg_x', SECONDS, BODY),
    signature(SECRET, ID, SECONDS + 1, BODY),
    signature(SECRET, ID, SECONDS, '{}'),
  ];
  expect(new Set(all).size).toBe(4);
});
