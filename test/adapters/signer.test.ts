import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createHash, generateKeyPairSync, verify } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSigner } from '../../src/adapters/signer/index.ts';
import type { KeyReference } from '../../src/adapters/signer/keys.ts';

let root: string;
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'sluice-signer-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

const TYPE = 'application/vnd.in-toto+json';
const KINDS = {
  ec: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ed25519: () => generateKeyPairSync('ed25519'),
  rsa: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
} as const;

function keys(kind: keyof typeof KINDS) {
  const pair = KINDS[kind]();
  const privateKey = String(pair.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const publicKey = String(pair.publicKey.export({ type: 'spki', format: 'pem' }));
  return { key: file(`${kind}.key`, privateKey), public: file(`${kind}.pub`, publicKey), pem: publicKey };
}

function file(name: string, text: string): KeyReference {
  const path = join(root, `${createHash('sha256').update(text).digest('hex').slice(0, 8)}-${name}`);
  writeFileSync(path, text);
  return { from: 'file', name: path };
}

test.each(['ec', 'ed25519'] as const)(
  'what a key of the kind %s has signed is verified by its public key',
  async (kind) => {
    const { key, public: own, pem } = keys(kind);

    const signed = await createSigner({ key, trusted: [] }).sign('{"a":"ü"}', TYPE);

    expect(await createSigner({ trusted: [own] }).verify(signed?.envelope ?? '', TYPE)).toEqual({
      payload: '{"a":"ü"}',
      keyId: signed?.keyId,
    });
    // As the specification of DSSE says, without code of ours.
    const { payload, payloadType, signatures } = JSON.parse(signed?.envelope ?? '') as {
      payload: string;
      payloadType: string;
      signatures: [{ sig: string }];
    };
    const body = Buffer.from(payload, 'base64');
    const data = Buffer.concat([Buffer.from(`DSSEv1 28 ${payloadType} ${body.length} `), body]);
    const hash = kind === 'ed25519' ? null : 'sha256';
    expect(verify(hash, data, pem, Buffer.from(signatures[0].sig, 'base64'))).toBe(true);
  },
);

test('the public part of the key for signatures is trusted, if no other one is named', async () => {
  const [mine, other] = [keys('ec'), keys('ec')];
  const signed = await createSigner({ key: mine.key, trusted: [] }).sign('{}', TYPE);
  const envelope = signed?.envelope ?? '';

  await expect(createSigner({ key: mine.key, trusted: [] }).verify(envelope, TYPE)).resolves.toMatchObject({
    payload: '{}',
  });
  const refused = { code: 'SIGNATURE_REFUSED' };
  await expect(createSigner({ key: mine.key, trusted: [other.public] }).verify(envelope, TYPE)).rejects.toMatchObject(
    refused,
  );
  await expect(createSigner({ key: other.key, trusted: [] }).verify(envelope, TYPE)).rejects.toMatchObject(refused);
  await expect(createSigner({ trusted: [] }).verify(envelope, TYPE)).rejects.toMatchObject(refused);
});

test.each([
  ['another payload', { payload: Buffer.from('{"b":1}').toString('base64') }],
  ['another type', { payloadType: 'text/plain' }],
  ['no signature', { signatures: [] }],
  ['an empty signature', { signatures: [{ sig: '' }] }],
  ['a payload that is no base64', { payload: 'ü' }],
])('an envelope with %s does not count', async (_, changes) => {
  const { key } = keys('ec');
  const signer = createSigner({ key, trusted: [] });
  const { envelope = '' } = (await signer.sign('{}', TYPE)) ?? {};
  const changed = JSON.stringify({ ...(JSON.parse(envelope) as object), ...changes });

  await expect(signer.verify(changed, TYPE)).rejects.toMatchObject({ code: 'SIGNATURE_REFUSED' });
  await expect(signer.verify('no envelope', TYPE)).rejects.toMatchObject({ code: 'SIGNATURE_REFUSED' });
});

test('a key that cannot be used is named, and no part of it is shown', async () => {
  const text = '-----BEGIN PRIVATE KEY-----\nc2VjcmV0LXRleHQ=\n-----END PRIVATE KEY-----\n';
  const wrong: readonly [KeyReference, RegExp][] = [
    [{ from: 'env', name: 'SLUICE_TEST_NO_KEY' }, /variable SLUICE_TEST_NO_KEY is not set/],
    [{ from: 'file', name: join(root, 'none') }, /none cannot be read/],
    [file('broken', text), /is no key in PEM/],
    [keys('rsa').key, /is of the kind rsa/],
  ];
  for (const [key, why] of wrong) {
    const failure = await createSigner({ key, trusted: [] })
      .sign('{}', TYPE)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'SIGNING_KEY_INVALID', message: expect.stringMatching(why) });
    expect(String(failure)).not.toContain('c2Vj');
  }
  expect(await createSigner({ trusted: [] }).sign('{}', TYPE)).toBeUndefined();
});
