import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { createClusters } from '../../src/adapters/kubernetes/index.ts';
import { DEPLOYMENT } from '../../src/adapters/kubernetes/kinds.ts';
import { argo as argoSet } from '../../src/toolsets/argo/index.ts';
import { traefik as traefikSet } from '../../src/toolsets/traefik/index.ts';
import { loadSettings } from '../../src/config/load.ts';
import { rightsChecks, tokenReviewCheck } from '../../src/entry/doctor-rights.ts';
import { codeOf, ObjectsStage } from '../support/argo-objects-stage.ts';
import { createAccount, type Account } from '../support/cluster-accounts.ts';
import { sharedSandbox } from '../support/sandbox.ts';

// Pods start and weights travel: seconds each.
jest.setTimeout(240_000);

const RUN = Date.now().toString(36).slice(-5);
const NAME = 'cli-web';
let stage: ObjectsStage;
let writer: Account;
let reader: Account;

beforeAll(async () => {
  stage = new ObjectsStage(await sharedSandbox());
  await stage.open();
  const { kubeconfig } = stage.sandbox;
  writer = await createAccount(stage.client, kubeconfig, `cli-writer-${RUN}`, ['sluice-reader', 'sluice-writer']);
  reader = await createAccount(stage.client, kubeconfig, `cli-reader-${RUN}`, ['sluice-reader']);
}, 900_000);

afterAll(async () => {
  await Promise.all([writer.close(), reader.close()]);
  await stage.close();
}, 60_000);

/** The fields of answers that these tests look at. */
interface Answer {
  readonly changed?: boolean;
  readonly reason?: string;
  readonly rollouts?: readonly unknown[];
  readonly revisions?: readonly unknown[];
}

const used = new Set<string>();

/** A call with the rights of an account; nothing in the answer may come from a refused request that was passed over. */
async function by({ kubeconfig }: Account, tool: string, input: object): Promise<Answer> {
  used.add(tool);
  const answer = (await stage.call(
    tool,
    { namespace: stage.namespace, ...input },
    { SLUICE_KUBECONFIG: kubeconfig },
  )) as Answer;
  expect([tool, JSON.stringify(answer)]).toEqual([tool, expect.not.stringMatching(/forbidden/i)]);
  return answer;
}

const argo = (tool: string, input: object = {}): Promise<Answer> =>
  by(writer, `argo_${tool}`, { name: NAME, ...input });
const traefik = (tool: string, input: object = {}): Promise<Answer> =>
  by(writer, `traefik_${tool}`, { route_name: NAME, ...input });
const changed = ({ changed: done, reason }: Answer): void => expect([done, reason]).toEqual([true, reason]);
const confirm = () => ({ confirm: `${stage.namespace}/${NAME}` });

test('with the rights of deploy/rbac.yaml every single tool does its work', async () => {
  await argo('create_rollout', { image: 'shop:v1', strategy: 'canary', services_only: true });
  changed(await traefik('create_weighted_route', { hostname: `${NAME}.${stage.namespace}.local`, native_lb: true }));
  changed(await argo('create_rollout', { image: 'shop:v1', strategy: 'canary', weights: [20, 50] }));
  await stage.until(NAME, 'Healthy', ({ phase }) => phase === 'Healthy');
  // The canary Service answers nobody yet, so it can take copies.
  changed(
    await traefik('enable_traffic_mirroring', { mirror_service: `${NAME}-canary`, mirror_percent: 5, ...confirm() }),
  );
  changed(await traefik('enable_traffic_mirroring', { mirror_percent: 0, ...confirm() }));
  changed(
    await argo('set_analysis_template', {
      name: 'cli-ratio',
      metrics: [
        {
          name: 'ratio',
          address: stage.sandbox.prometheusUrl,
          query: 'vector(1)',
          success_condition: 'result[0] >= 0.9',
          count: 1,
        },
      ],
    }),
  );

  changed(await argo('update_rollout_image', { image: 'shop:v2' }));
  await stage.until(NAME, 'paused', ({ phase, weight }) => phase === 'Paused' && weight === 20);
  expect(await traefik('get_traffic_distribution')).toMatchObject({ route: { route_name: NAME } });
  await traefik('detect_anomalies', { window: '2m' });
  changed(await traefik('add_rate_limiting', { middleware_name: 'cli-limit', average: 100 }));
  changed(await traefik('add_circuit_breaker', { middleware_name: 'cli-breaker', threshold: 0.3 }));

  changed(await argo('pause_rollout'));
  changed(await argo('resume_rollout'));
  changed(await argo('promote_rollout', { step: 1 }));
  await argo('skip_analysis_promote', { reason: 'nothing to skip', ...confirm() });
  changed(await argo('abort_rollout', confirm()));
  expect((await argo('get_rollout_history')).revisions).toHaveLength(2);
  expect((await by(writer, 'argo_list_rollouts', {})).rollouts).toHaveLength(1);
  expect(await argo('get_rollout_status')).toMatchObject({ aborted: true });

  changed(await argo('delete_rollout', confirm()));
  expect(await traefik('update_route_weights', { stable_weight: 100, canary_weight: 0, ...confirm() })).toMatchObject({
    effective: 'proved',
  });
  // It never had a request, so no counter can show that it is idle.
  changed(await traefik('delete_route', { used_elsewhere: true, ...confirm() }));
});

test('and of a Rollout over a Deployment the image, which is in the Deployment', async () => {
  const labels = { app: 'cli-work' };
  await stage.apply(DEPLOYMENT, 'cli-work', {
    spec: {
      replicas: 0,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'shop:v1' }] } },
    },
  });

  changed(await argo('create_rollout', { name: 'cli-work', workload_ref: 'cli-work', strategy: 'rolling' }));
  changed(await argo('update_rollout_image', { name: 'cli-work', image: 'shop:v2' }));
});

test('no single tool was left out', () => {
  expect([...used].toSorted()).toEqual(
    [...argoSet.commands, ...traefikSet.commands].map(({ name }) => name).toSorted(),
  );
});

test('a reader reads, and is refused to write with what to grant', async () => {
  expect((await by(reader, 'argo_list_rollouts', {})).rollouts).not.toEqual([]);
  const refused = by(reader, 'argo_pause_rollout', { name: 'cli-work' });

  expect(await codeOf(refused)).toBe('FORBIDDEN');
});

test('the doctor finds nothing missing for the writer, and for the reader what writes', async () => {
  const { settings } = loadSettings({ env: { MCP_ALLOW_WRITE: 'true', SLUICE_HOME: '/nonexistent' } });
  const look = ({ kubeconfig }: Account) =>
    rightsChecks(settings, createClusters({ kubeconfig }).client(stage.sandbox.context), stage.namespace);

  const [all, some] = await Promise.all([look(writer), look(reader)]);

  expect(all.map(({ state }) => state)).toEqual(['ok', 'ok']);
  expect(some).toMatchObject([
    { state: 'ok' },
    {
      state: 'missing',
      detail: expect.stringContaining('no delete of rollouts (argo_delete_rollout)'),
      next: expect.stringContaining('sluice-writer'),
    },
  ]);
});

test('the doctor of a server that takes tokens of service accounts looks whether it may have them reviewed', async () => {
  const { kubeconfig } = stage.sandbox;
  const reviewer = await createAccount(stage.client, kubeconfig, `cli-reviewer-${RUN}`, ['sluice-token-reviewer']);
  const { settings } = loadSettings({ env: { SLUICE_HOME: '/nonexistent' } });
  const asked = { ...settings, serviceAccountAudience: 'sluice' };
  const look = (account: Account, given: typeof settings = asked) =>
    tokenReviewCheck(given, createClusters({ kubeconfig: account.kubeconfig }).client(stage.sandbox.context));
  try {
    expect(await look(reviewer)).toEqual([
      { name: 'right to review tokens', state: 'ok', detail: 'tokens of service accounts for sluice' },
    ]);
    expect(await look(writer)).toMatchObject([
      { state: 'missing', next: expect.stringContaining('sluice-token-reviewer') },
    ]);
    expect(await look(writer, settings)).toEqual([]);
  } finally {
    await reviewer.close();
  }
});
