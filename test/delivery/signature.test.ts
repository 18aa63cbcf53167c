import { expect, test } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { createSigner } from '../../src/adapters/signer/index.ts';
import type { KeyReference } from '../../src/adapters/signer/keys.ts';
import type { DeliveryFacts } from '../../src/domain/delivery/delivery.ts';
import { createDeliverySteps } from '../../src/toolsets/delivery/steps/index.ts';
import { DELIVERY_INPUT } from '../support/fake-deliveries.ts';
import { createFakeDelivery } from '../support/fake-delivery.ts';
import { aView, createFakeGateway, fakeServices } from '../support/fake-gateway.ts';
import { settingsWith } from '../support/settings.ts';

/** A new key in a variable of this process. */
function aKey(name: string): KeyReference {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  process.env[name] = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
  return { from: 'env', name };
}
const MINE = aKey('SLUICE_TEST_KEY_MINE');
const FOREIGN = aKey('SLUICE_TEST_KEY_FOREIGN');

const BUILT: DeliveryFacts = {
  ...{
    commit: 'b'.repeat(40),
    image: 'localhost:5000/web:v1.0.0',
    imageId: `sha256:${'1'.repeat(64)}`,
    builder: 'fake',
  },
  ...{ sourceTree: 'e'.repeat(40), sbom: { spdx: 'a'.repeat(64), cyclonedx: 'c'.repeat(64) } },
};
const DIGEST = `sha256:${'d'.repeat(64)}`;

function world(key?: KeyReference, settings = {}) {
  const gateway = createFakeGateway([aView({ id: 'release/prod/shop/web', state: 'succeeded', closedAt: 1 })]);
  const delivery = createFakeDelivery();
  const use = (one?: KeyReference) => void Object.assign(delivery.signer, createSigner({ key: one, trusted: [] }));
  use(key);
  const services = { ...fakeServices(gateway), settings: settingsWith({ builder: 'buildah', ...settings }), delivery };
  const released: string[] = [];
  const steps = createDeliverySteps(services, {
    start: async (_, { image }) => {
      released.push(image);
      return { release_id: 'release/prod/shop/web', run_id: aView().runId };
    },
  });
  const run = (step: 'onboard' | 'push' | 'deploy' | 'release', facts: DeliveryFacts = BUILT) =>
    steps[step]({ input: DELIVERY_INPUT, facts, runId: 'run-1', attempt: 1 }, { signal: new AbortController().signal });
  const written = (): string =>
    delivery.writes.flatMap(({ files }) => files).findLast(({ path }) => path === 'provenance.dsse.json')?.text ?? '';
  return { delivery, released, run, use, written };
}

/** A world whose image was pushed. */
async function pushed(key?: KeyReference) {
  const stage = world(key);
  await stage.run('onboard', {});
  const { facts, findings } = await stage.run('push');
  return { ...stage, findings, facts: { ...BUILT, ...facts, first: false } };
}

test('the commit of the digest has the signed provenance, and a repetition keeps it', async () => {
  const { run, written, findings, delivery } = await pushed(MINE);
  await run('push');

  expect(findings).toMatchObject([{ check: 'signature', outcome: 'passed' }]);
  expect(delivery.writes).toHaveLength(2);
  const { payloadType, payload } = JSON.parse(written()) as { payloadType: string; payload: string };
  expect(payloadType).toBe('application/vnd.in-toto+json');
  const { name, version, gitUrl, sourceCommit } = DELIVERY_INPUT;
  expect(JSON.parse(Buffer.from(payload, 'base64').toString())).toEqual({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'localhost:5000/web', digest: { sha256: 'd'.repeat(64) } }],
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType: 'https://sluice.dev/delivery/v1',
        externalParameters: { name, version, source: gitUrl },
        internalParameters: { deploymentCommit: BUILT.commit, sourceTree: BUILT.sourceTree, imageId: BUILT.imageId },
        resolvedDependencies: [{ uri: `git+${gitUrl}@${sourceCommit}`, digest: { gitCommit: sourceCommit } }],
      },
      runDetails: {
        builder: { id: 'https://sluice.dev/builders/fake' },
        metadata: { invocationId: 'run-1' },
        byproducts: [
          { name: 'sbom.spdx', digest: { sha256: 'a'.repeat(64) } },
          { name: 'sbom.cyclonedx', digest: { sha256: 'c'.repeat(64) } },
        ],
      },
    },
  });
});

test('what was signed is verified again before it is released', async () => {
  const { run, facts, released } = await pushed(MINE);

  expect((await run('release', facts)).findings).toMatchObject([{ check: 'signature', outcome: 'passed' }]);
  expect(released).toEqual([`${BUILT.image}@${DIGEST}`]);
});

test.each(['deploy', 'release'] as const)(
  'the step %s refuses a foreign key, another digest and a missing signature',
  async (step) => {
    const foreign = await pushed(FOREIGN);
    foreign.use(MINE);
    const moved = await pushed(MINE);
    const unsigned = await pushed();
    unsigned.use(MINE);
    const refused = (message: string) => ({ code: 'SIGNATURE_REFUSED', message: expect.stringContaining(message) });

    await expect(foreign.run(step, foreign.facts)).rejects.toMatchObject(refused('none of 1 trusted keys'));
    const other = { ...moved.facts, digest: `sha256:${'0'.repeat(64)}` };
    await expect(moved.run(step, other)).rejects.toMatchObject(refused(`it stands for ${DIGEST}, not for sha256:000`));
    await expect(unsigned.run(step, unsigned.facts)).rejects.toMatchObject(
      refused('the deployment has no provenance.dsse.json'),
    );
    expect([...foreign.released, ...moved.released, ...unsigned.released]).toEqual([]);
  },
);

test.each([
  ['deployment.yaml', 'deployment.yaml names localhost:5000/web:v1.0.0@sha256:000'],
  ['k8s/base/rollout.yaml', 'k8s/base names localhost:5000/web:v1.0.0@sha256:000'],
])('a commit whose %s names another digest is refused', async (path, why) => {
  const { run, facts, delivery, released } = await pushed(MINE);
  const { readCommit } = delivery.deployments;
  Object.assign(delivery.deployments, {
    readCommit: async (name: string, commit: string) => {
      const present = await readCommit(name, commit);
      return { ...present, [path]: (present[path] ?? '').replaceAll(DIGEST, `sha256:${'0'.repeat(64)}`) };
    },
  });

  await expect(run('release', facts)).rejects.toMatchObject({
    code: 'SIGNATURE_REFUSED',
    message: expect.stringContaining(why),
  });
  expect(released).toEqual([]);
});

test('without a key nothing is signed or verified, and it never counts as passed; where it is required, nothing is pushed', async () => {
  const { run, facts, findings, written } = await pushed();

  expect(findings).toMatchObject([{ check: 'signature', outcome: 'not-run' }]);
  expect(written()).toBe('');
  expect((await run('release', facts)).findings).toEqual([]);

  const required = world(undefined, { requiredChecks: ['signature'] });
  await required.run('onboard', {});
  expect((await required.run('push')).refused).toMatchObject({ code: 'CHECK_FAILED' });
  expect(required.delivery.pushed).toEqual([]);
});
