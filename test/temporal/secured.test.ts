import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificates, type Certificates } from '../support/certificates.ts';
import { Supervised } from '../support/releases-process.ts';
import { eventually } from '../support/releases-wait.ts';
import { securedTemporal, type SecuredTemporal } from '../support/secured-temporal.ts';
import { runSluice } from '../support/sluice-process.ts';
import { startTestTemporal, type TestTemporal } from '../support/temporal.ts';

// Processes start.
jest.setTimeout(120_000);

const KEY = 'key-of-the-team';
const home = mkdtempSync(join(tmpdir(), 'sluice-secured-'));
let temporal: TestTemporal;
let certificates: Certificates;
let secured: SecuredTemporal;
let worker: Supervised | undefined;

beforeAll(async () => {
  certificates = makeCertificates();
  temporal = await startTestTemporal();
  secured = await securedTemporal(temporal.address, { certificates, apiKey: KEY });
}, 120_000);

afterAll(async () => {
  await worker?.stop();
  await secured.close();
  await temporal.stop();
  [home, certificates.folder].forEach((folder) => rmSync(folder, { recursive: true }));
});

/** The settings as a person has them for a Temporal that wants certificates and a key. */
const settings = () => ({
  SLUICE_HOME: home,
  SLUICE_TASK_QUEUE: 'secured',
  TEMPORAL_ADDRESS: secured.address,
  TEMPORAL_API_KEY: KEY,
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: certificates.ca,
  TEMPORAL_TLS_CLIENT_CERT_PATH: certificates.client.cert,
  TEMPORAL_TLS_CLIENT_KEY_PATH: certificates.client.key,
});

test('search attributes are registered, and a worker polls, through mTLS with a key', async () => {
  const { code, out, err } = await runSluice(['setup', 'temporal'], settings());
  expect({ code, err }).toMatchObject({ code: 0 });
  expect(out).toContain('5 search attributes');

  worker = new Supervised({
    ...{ name: 'worker', args: ['bin/sluice.mjs', 'worker'], env: settings(), stateDir: home },
    ...{ log: join(home, 'worker.log'), ready: /state: 'RUNNING'/ },
  });
  await worker.ready();
  const polling = await eventually('the worker is known to Temporal', async () => {
    const answer = await temporal.client.workflowService.describeTaskQueue({
      ...{ namespace: 'default', taskQueue: { name: 'secured' }, taskQueueType: 1 },
    });
    return (answer.pollers ?? []).length > 0 ? answer.pollers : undefined;
  });
  expect(polling).toHaveLength(1);
});

const DENIED = /^FORBIDDEN: Temporal at \S+ refused the request: .*the key is not valid/m;
const NO_TLS =
  /^TEMPORAL_UNREACHABLE: Temporal at \S+ does not answer over TLS.*\nNext: .*check the authority and the certificates/m;
const withoutClient = () => ({ TEMPORAL_TLS_CLIENT_CERT_PATH: undefined, TEMPORAL_TLS_CLIENT_KEY_PATH: undefined });
const otherAuthority = () => ({ TEMPORAL_TLS_SERVER_CA_CERT_PATH: certificates.client.cert });

test.each([
  ['another key', 3, DENIED, () => ({ TEMPORAL_API_KEY: 'another-key' })],
  ['no certificate of a client', 6, NO_TLS, withoutClient],
  ['an authority that did not sign the server', 6, NO_TLS, otherAuthority],
] as const)('with %s the answer says what to check', async (_, wanted, said, wrong) => {
  const { code, out, err } = await runSluice(['setup', 'temporal'], { ...settings(), ...wrong() });

  expect({ code, out }).toEqual({ code: wanted, out: '' });
  expect(err).toMatch(said);
  expect(err).not.toContain('another-key');
});

test('a worker with another key ends, and says that Temporal refuses it', async () => {
  const { code, err } = await runSluice(['worker'], { ...settings(), TEMPORAL_API_KEY: 'another-key' });

  expect(code).toBe(3);
  expect(err).toMatch(DENIED);
  expect(err).not.toContain('another-key');
});
