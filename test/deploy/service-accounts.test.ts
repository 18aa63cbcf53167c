import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { createTokenReview } from '../../src/adapters/token-review/index.ts';
import { createClusters } from '../../src/adapters/kubernetes/index.ts';
import { createAccount, type Account } from '../support/cluster-accounts.ts';
import { kubectlProgram, outOf } from '../support/deploy-chart.ts';
import { sharedSandbox } from '../support/sandbox.ts';

jest.setTimeout(120_000);

const RUN = Date.now().toString(36).slice(-5);
const NAMESPACE = `callers-${RUN}`;
let reviewer: Account;
let context: string;
let kubectl: Awaited<ReturnType<typeof kubectlProgram>>;
let server: string;

beforeAll(async () => {
  const sandbox = await sharedSandbox();
  ({ context, kubeconfig: server } = sandbox);
  kubectl = await kubectlProgram(server);
  await outOf(kubectl(['create', 'namespace', NAMESPACE]));
  await outOf(kubectl(['create', 'serviceaccount', 'ci', '--namespace', NAMESPACE]));
  const admin = createClusters({ kubeconfig: server }).client(context);
  reviewer = await createAccount(admin, server, `reviewer-${RUN}`, ['sluice-token-reviewer']);
}, 600_000);

afterAll(async () => {
  await reviewer.close();
  await outOf(kubectl(['delete', 'namespace', NAMESPACE, '--wait=false']));
}, 60_000);

const tokenFor = async (...audience: string[]): Promise<string> =>
  (await outOf(kubectl(['create', 'token', 'ci', '--namespace', NAMESPACE, ...audience]))).trim();
const review = (kubeconfig: string) =>
  createTokenReview(async () => createClusters({ kubeconfig }).client(context), 'sluice');

test('the cluster proves a service account by a token for the audience, with one right', async () => {
  const authenticator = review(reviewer.kubeconfig);

  expect(await authenticator.authenticate(await tokenFor('--audience', 'sluice'))).toMatchObject({
    identity: { kind: 'machine', issuer: 'kubernetes', subject: `${NAMESPACE}:ci` },
    groups: expect.arrayContaining([`system:serviceaccounts:${NAMESPACE}`]),
  });
  expect(await authenticator.authenticate(await tokenFor())).toBeUndefined();
});

test('a forged token, and one of a deleted service account, prove nobody', async () => {
  const token = await tokenFor('--audience', 'sluice');
  const [head, body] = token.split('.');
  expect(await review(reviewer.kubeconfig).authenticate(`${head}.${body}.${'A'.repeat(342)}`)).toBeUndefined();

  await outOf(kubectl(['delete', 'serviceaccount', 'ci', '--namespace', NAMESPACE]));
  expect(await review(reviewer.kubeconfig).authenticate(token)).toBeUndefined();
});

test('without the right the credential cannot be decided on, and the answer names the role', async () => {
  await outOf(kubectl(['create', 'serviceaccount', 'other', '--namespace', NAMESPACE]));
  const token = (
    await outOf(kubectl(['create', 'token', 'other', '--namespace', NAMESPACE, '--audience', 'sluice']))
  ).trim();
  const admin = createClusters({ kubeconfig: server }).client(context);
  const nobody = await createAccount(admin, server, `nobody-${RUN}`, ['sluice-reader']);

  await expect(review(nobody.kubeconfig).authenticate(token)).rejects.toMatchObject({
    code: 'CREDENTIALS_UNAVAILABLE',
    next: expect.stringContaining('sluice-token-reviewer'),
  });
  await nobody.close();
});
