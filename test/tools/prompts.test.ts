import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { createEvidence } from '../../src/evidence/prometheus/evidence.ts';
import { ROLLOUT, TRAEFIK_SERVICE } from '../../src/adapters/kubernetes/kinds.ts';
import { metricsServiceName } from '../../src/domain/route/names.ts';
import { NAMESPACE, openMcpStage, Users, type Stage } from '../support/mcp-stage.ts';
import { followPrompt, parsePrompt } from '../support/prompt-follower.ts';
import { eventually } from '../support/releases-wait.ts';
import { sharedSandbox } from '../support/sandbox.ts';

// A canary of four steps, each watched for seconds with live traffic.
jest.setTimeout(420_000);

let stage: Stage;
const users: Users[] = [];

beforeAll(async () => {
  stage = await openMcpStage(await sharedSandbox());
}, 900_000);

afterAll(async () => {
  users.forEach((one) => one.stop());
  await stage?.close();
}, 200_000);

const usersOf = (name: string, perSecond?: number): Users => {
  const made = new Users(stage.sandbox, `${name}.${NAMESPACE}.local`, perSecond);
  users.push(made);
  return made;
};

interface Seen {
  readonly status: { readonly phase: string; readonly stableRS: string; readonly currentPodHash: string };
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
  };
}

const rollout = async (name: string) => (await stage.client.get({ kind: ROLLOUT, namespace: NAMESPACE, name })) as Seen;
const weights = async (name: string) => {
  const { spec } = (await stage.client.get({ kind: TRAEFIK_SERVICE, namespace: NAMESPACE, name })) as {
    spec: { weighted: { services: { weight: number }[] } };
  };
  return spec.weighted.services.map(({ weight }) => weight);
};
const promoted = ({ status }: Seen) => status.phase === 'Healthy' && status.stableRS === status.currentPodHash;
/** The tools that were called, as the audit log has them. */
const called = (name: string, from: number) =>
  stage.audit.entries
    .slice(from)
    .filter((entry) => JSON.stringify(entry.arguments).includes(`"${name}"`))
    .map(({ tool }) => tool);

describe('progressive_canary', () => {
  test.concurrent('makes a Rollout and its route from nothing, and brings a new image to all users', async () => {
    const name = stage.name('new');
    const visitors = usersOf(name);
    const text = await stage.mcp.prompt('progressive_canary', {
      namespace: NAMESPACE,
      name,
      image: 'shop:v2',
      stable_image: 'shop:v1',
      hostname: `${name}.${NAMESPACE}.local`,
      native_lb: 'true',
      soak_seconds: '10',
      min_requests: '20',
    });
    const steps = parsePrompt(text);
    const asked: (string | undefined)[] = [];

    const { end, taken } = await followPrompt(stage.mcp, text, {
      agree: (step) => asked.push(steps[step - 1]?.tool) > 0,
      onStep: ({ tool }) => void (tool === 'argo_update_rollout_image' && visitors.take()),
    });

    expect(end).toContain('the new version has all traffic');
    // Four weights: each watched once, and only the last was asked about.
    const times = (tool: string) => taken.filter((number) => steps[number - 1]?.tool === tool).length;
    expect([times('traefik_detect_anomalies'), times('argo_promote_rollout'), asked]).toEqual([
      4,
      5,
      ['argo_promote_rollout'],
    ]);
    const seen = await rollout(name);
    expect([promoted(seen), seen.spec.template.spec.containers[0]?.image]).toEqual([true, 'shop:v2']);
    expect(await weights(name)).toEqual([100, 0]);
    // From the first new pod to the last old one nobody was failed.
    expect(Object.keys(visitors.take()).toSorted()).toEqual(['v1 200', 'v2 200']);
    await eventually('only the new version answers', async () => {
      visitors.take();
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      return Object.keys(visitors.take()).join() === 'v2 200' ? true : undefined;
    });
    visitors.stop();
  });

  test.concurrent('takes a version back that answers with errors, at its first step', async () => {
    const name = await stage.application('bad', { steps: [20, 50] });
    const visitors = usersOf(name);

    const { end, variables } = await followPrompt(
      stage.mcp,
      await stage.mcp.prompt('progressive_canary', {
        namespace: NAMESPACE,
        name,
        image: 'shop:v2-errors-20',
        soak_seconds: '10',
        min_requests: '20',
      }),
    );

    expect(end).toContain('all traffic is on the stable version again');
    expect(variables).toMatchObject({ STEP: 1, STABLE_IMAGE: 'shop:v1' });
    expect(promoted(await rollout(name))).toBe(true);
    expect(await weights(name)).toEqual([100, 0]);
    visitors.stop();
  });

  test.concurrent('stops where a Rollout is missing and nothing says how to make it', async () => {
    const text = await stage.mcp.prompt('progressive_canary', {
      namespace: NAMESPACE,
      name: 'mcp-nobody',
      image: 'shop:v2',
    });

    expect((await followPrompt(stage.mcp, text)).end).toMatch(/^stop: to make it/);
  });
});

describe('emergency_rollback', () => {
  test.concurrent('of a canary: traffic on stable, the Rollout Healthy', async () => {
    const name = await stage.application('sick', { steps: [50] });
    const visitors = usersOf(name);
    await stage.mcp.call('argo_update_rollout_image', { namespace: NAMESPACE, name, image: 'shop:v2-errors-50' });
    await eventually(
      'users meet the bad version',
      () => Promise.resolve((visitors.answers.get('v2-errors-50 500') ?? 0) > 20 || undefined),
      { timeoutMs: 60_000 },
    );
    const from = stage.audit.entries.length;

    const { end } = await followPrompt(
      stage.mcp,
      await stage.mcp.prompt('emergency_rollback', {
        namespace: NAMESPACE,
        name,
        reason: 'half of the answers are errors',
      }),
    );

    expect(end).toContain('all traffic is on the stable version again');
    visitors.take();
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(Object.keys(visitors.take())).toEqual(['v1 200']);
    const seen = await rollout(name);
    expect([promoted(seen), seen.spec.template.spec.containers[0]?.image]).toEqual([true, 'shop:v1']);
    expect(called(name, from)).not.toContain('traefik_update_route_weights');
    visitors.stop();
  });

  test.concurrent('of a blue-green: weights first, and no request is lost', async () => {
    const name = await stage.application('blue', { strategy: 'blue-green' });
    const visitors = usersOf(name);
    await stage.mcp.call('argo_update_rollout_image', { namespace: NAMESPACE, name, image: 'shop:v2' });
    await eventually(
      'the preview waits',
      async () =>
        (await stage.mcp.call<{ phase: string }>('argo_get_rollout_status', { namespace: NAMESPACE, name })).phase ===
        'Paused'
          ? true
          : undefined,
      { timeoutMs: 60_000 },
    );
    await stage.mcp.call('traefik_update_route_weights', {
      namespace: NAMESPACE,
      route_name: name,
      stable_weight: 60,
      canary_weight: 40,
      take_over: true,
    });
    await eventually(
      'users meet the preview',
      () => Promise.resolve((visitors.answers.get('v2 200') ?? 0) > 20 || undefined),
      { timeoutMs: 60_000 },
    );
    visitors.take();

    const { end, taken } = await followPrompt(
      stage.mcp,
      await stage.mcp.prompt('emergency_rollback', { namespace: NAMESPACE, name }),
    );

    expect(end).toContain('all traffic is on the stable version again');
    // Pods of the preview go seconds after the abort: whoever still met them would get 503.
    await new Promise((resolve) => setTimeout(resolve, 8_000));
    expect(Object.keys(visitors.take()).filter((answer) => !/ 200$/.test(answer))).toEqual([]);
    expect(await weights(name)).toEqual([100, 0]);
    expect(promoted(await rollout(name))).toBe(true);
    // Seven steps, and the abort once more with the confirmation that it asks for.
    expect(taken.length).toBe(8);
    visitors.stop();
  });

  test.concurrent('stops when there is nothing to roll back', async () => {
    const name = await stage.application('calm');

    expect(
      (await followPrompt(stage.mcp, await stage.mcp.prompt('emergency_rollback', { namespace: NAMESPACE, name }))).end,
    ).toMatch(/^stop: nothing is being rolled out/);
  });
});

describe('shadow_testing', () => {
  test.concurrent('copies requests to the mirror for a while, and cleans up', async () => {
    const [name, mirror] = await Promise.all([
      stage.application('shadow'),
      stage.application('mirror', { image: 'shop:v3' }),
    ]);
    const visitors = usersOf(name);
    const began = Date.now();

    const text = await stage.mcp.prompt('shadow_testing', {
      namespace: NAMESPACE,
      route_name: name,
      mirror_service: `${mirror}-stable`,
      mirror_percent: '50',
      soak_seconds: '15',
    });
    const { end } = await followPrompt(stage.mcp, text);

    expect(end).toMatch(/^done/);
    const { requests } = await createEvidence({ url: stage.sandbox.prometheusUrl }).counters(
      metricsServiceName(NAMESPACE, `${mirror}-stable`, '8080'),
      { fromMs: began, toMs: Date.now() },
    );
    const copies = requests.reduce((sum, { samples }) => sum + (samples.at(-1)?.[1] ?? 0) - (samples[0]?.[1] ?? 0), 0);
    expect(copies).toBeGreaterThan(200);
    // The answers of the mirror never reach users.
    expect(Object.keys(visitors.take())).toEqual(['v1 200']);
    expect(
      await stage.mcp.call('traefik_get_traffic_distribution', { namespace: NAMESPACE, route_name: name }),
    ).toMatchObject({ agrees: 'yes' });
    visitors.stop();
  });
});
