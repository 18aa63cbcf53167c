import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { ClusterClient } from '../../src/adapters/kubernetes/cluster-client.ts';
import { createClusters } from '../../src/adapters/kubernetes/index.ts';
import { NAMESPACE, ROLLOUT, type Kind } from '../../src/adapters/kubernetes/kinds.ts';
import { parseDeployment } from '../../src/contract/deployment-file.ts';
import type { Deployment } from '../../src/domain/onboarding/deployment.ts';
import { manifests } from '../../src/domain/onboarding/manifests/index.ts';
import { eventually } from '../support/releases-wait.ts';
import { sharedSandbox } from '../support/sandbox.ts';

// The sandbox may have to start, and pods start: seconds.
jest.setTimeout(240_000);

const namespace = `deliver-${Date.now().toString(36).slice(-6)}`;
let client: ClusterClient;

const SMALLEST = parseDeployment({
  deployment: { name: 'small', version: 'v1', github_url: 'https://git.example.com/a/b', repo_type: 'golang' },
  container: { image: 'shop:v1', port: 8080 },
  kubernetes: { namespace, replicas: 1 },
});
const COMPLETE = parseDeployment({
  deployment: { name: 'complete', version: 'v1', github_url: 'https://git.example.com/a/b', repo_type: 'nodejs' },
  container: { image: 'shop:v1', port: 8080 },
  kubernetes: {
    namespace,
    autoscaling: { min_replicas: 2, max_replicas: 4 },
    probes: { path: '/healthz', startup: '2m' },
    host: 'complete.example.com',
    canary_weights: [10, 50],
  },
  environment: { PORT: 8080, LONG: 'x: "y" # z' },
  secrets: { TOKEN: { secret: 'tokens', key: 'grafana' } },
  mcp: { transport: 'streamable-http', scopes: ['read'] },
});
const HAND_SCALED = { ...COMPLETE, name: 'scaled', autoscaling: undefined } as unknown as Deployment;

type Sent = Readonly<Record<string, unknown>> & { readonly metadata: { readonly name: string } };
const objectsOf = (deployment: Deployment): readonly Sent[] =>
  manifests(deployment).flatMap(({ objects }) => objects as readonly Sent[]);

beforeAll(async () => {
  const sandbox = await sharedSandbox();
  client = createClusters({ kubeconfig: sandbox.kubeconfig }).client(sandbox.context);
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  await client.apply(
    { kind: NAMESPACE, name: namespace },
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } },
    { fieldManager: 'test' },
  );
}, 900_000);

afterAll(async () => {
  const ref = { kind: NAMESPACE, name: namespace };
  const { metadata } = (await client.get(ref)) as { metadata: { uid: string } };
  await client.remove(ref, metadata);
}, 60_000);

function kindOf({ apiVersion, kind }: Sent): Kind {
  const [version = '', group = ''] = String(apiVersion).split('/').toReversed();
  const lower = String(kind).toLowerCase();
  const plural = lower.endsWith('y') ? `${lower.slice(0, -1)}ies` : `${lower}s`;
  return { name: String(kind), group, version, plural, missing: 'OBJECT_NOT_FOUND' };
}

/** Server-side apply, as a trial or for good. The answer is the object as the API server has it. */
const applied = (object: Sent, dryRun: boolean): Promise<unknown> =>
  client.apply({ kind: kindOf(object), namespace, name: object.metadata.name }, object, {
    fieldManager: 'test',
    dryRun,
  });

test.each([
  ['the smallest', SMALLEST],
  ['the complete', COMPLETE],
  ['the hand-scaled', HAND_SCALED],
])('the API server accepts every object of %s deployment, and drops no field', async (_, deployment) => {
  for (const object of objectsOf(deployment)) expect(await applied(object, true)).toMatchObject(object);
});

test.each([
  ['the smallest', SMALLEST],
  ['the complete', COMPLETE],
])('pod security "restricted" accepts a pod of %s deployment', async (_, deployment) => {
  const rollout = objectsOf(deployment).find(({ kind }) => kind === 'Rollout') as unknown as {
    spec: { template: Sent };
  };
  for (const account of objectsOf(deployment).filter(({ kind }) => kind === 'ServiceAccount'))
    await applied(account, false);
  const { metadata, spec } = rollout.spec.template;
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, name: 'trial', namespace }, spec };

  expect(await applied(pod, true)).toMatchObject({ metadata: { name: 'trial' } });
});

test('pod security refuses the same pod as root: it is in force', async () => {
  const container = { name: 'app', image: 'shop:v1' };
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'root', namespace },
    spec: { containers: [container] },
  };

  await expect(applied(pod, true)).rejects.toThrow(/PodSecurity|restricted/);
});

test('Argo Rollouts brings the deployment up: the Rollout becomes Healthy', async () => {
  for (const object of objectsOf(HAND_SCALED)) await applied(object, false);

  const ref = { kind: ROLLOUT, namespace, name: 'scaled' };
  let phase: string | undefined;
  await eventually(
    'the Rollout is Healthy',
    async () => {
      phase = ((await client.get(ref)) as { status?: { phase?: string } }).status?.phase;
      return phase === 'Healthy' ? true : undefined;
    },
    { timeoutMs: 120_000, everyMs: 200, now: () => phase },
  );
});
