import { removeApplication } from '../../sandbox/index.ts';
import type { Sandbox } from '../../sandbox/index.ts';
import { clientOf } from '../../sandbox/apps/applications.ts';
import { complete, objectsOf, type AppObject } from '../../sandbox/apps/objects.ts';
import type { ApiClient } from '../../sandbox/cluster/api-client.ts';
import { CATALOGUE } from '../../src/toolsets/index.ts';
import { execute, type Output } from '../../src/commands/execute.ts';
import type { CommandServices } from '../../src/commands/command.ts';
import type { Check } from '../../src/domain/release/plan.ts';
import { planRelease } from '../../src/strategies/index.ts';
import { SluiceError } from '../../src/domain/errors.ts';
import { createClusters } from '../../src/adapters/kubernetes/index.ts';
import { portsOver, worldsOver } from '../../src/entry/ports.ts';
import { settingsOfSandbox } from './settings.ts';
import { createFakeGateway, DEFAULTS } from './fake-gateway.ts';
import { fakeSystems } from './fake-systems.ts';
import { releaseSpec, type SpecChanges } from './builders.ts';
import { eventually } from './releases-wait.ts';

export const NAMESPACE = 'steer';
const ARGO = `/apis/argoproj.io/v1alpha1/namespaces/${NAMESPACE}`;

/** The parts of a Rollout that these tests read from the API server. */
export interface Raw {
  readonly metadata: { readonly generation: number };
  readonly spec: { readonly paused?: boolean };
  readonly status: {
    readonly observedGeneration?: string;
    readonly currentStepIndex?: number;
    readonly currentPodHash?: string;
    readonly stableRS?: string;
    readonly phase?: string;
    readonly abort?: boolean;
    readonly promoteFull?: boolean;
    readonly pauseConditions?: readonly { readonly reason: string }[];
    readonly canary?: {
      readonly weights?: { readonly canary: { readonly weight: number } };
      readonly currentStepAnalysisRunStatus?: { readonly status: string };
    };
    readonly blueGreen?: {
      readonly activeSelector?: string;
      readonly prePromotionAnalysisRunStatus?: { readonly status: string };
      readonly postPromotionAnalysisRunStatus?: { readonly status: string };
    };
  };
}

interface RolloutSpec {
  replicas: number;
  selector?: object;
  template?: object;
  workloadRef?: object;
  strategy: { canary?: Record<string, unknown>; blueGreen?: Record<string, unknown> };
}

export type Form = 'canary' | 'blue-green' | 'rolling';

export interface Made {
  readonly form: Form;
  /** Changes the strategy of the Rollout. */
  readonly change?: Record<string, unknown>;
  /** Whether the template comes from a Deployment. */
  readonly workloadRef?: boolean;
}

const STEPS = [{ setWeight: 10 }, { pause: {} }, { setWeight: 30 }, { pause: {} }, { setWeight: 50 }, { pause: {} }];

/** The argo tools on the real sandbox, without Temporal, on separate Rollouts of any form. */
export class SteeringStage {
  readonly api: ApiClient;
  readonly sandbox: Sandbox;
  readonly #services: CommandServices;
  readonly #names: string[] = [];
  readonly #run = Date.now().toString(36).slice(-5);

  constructor(sandbox: Sandbox) {
    this.sandbox = sandbox;
    this.api = clientOf(sandbox);
    const settings = settingsOfSandbox(sandbox);
    const real = createClusters({ kubeconfig: sandbox.kubeconfig });
    const ports = portsOver(real, settings);
    const gateway = createFakeGateway();
    // A call that used Temporal would fail.
    gateway.failure = new SluiceError('TEMPORAL_UNREACHABLE', 'away in these tests');
    const clusters = {
      current: async () => sandbox.context,
      all: async () => [sandbox.context],
      same: async (name: string) => [name],
    };
    this.#services = {
      gateway,
      ports,
      worlds: worldsOver(real, settings),
      ...fakeSystems(),
      preflight: () => Promise.reject(new Error('not asked')),
      clusters,
      settings: DEFAULTS,
    };
  }

  async open(): Promise<void> {
    await this.api.apply(`/api/v1/namespaces/${NAMESPACE}`, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: NAMESPACE },
    });
    // The objects that the Rollouts refer to must be valid before the Rollouts are created.
    await this.template('steer-running', { successCondition: 'result[0] == 1', interval: '3s', count: 1000 });
    await this.template('steer-inconclusive', {
      successCondition: 'result[0] == 2',
      failureCondition: 'result[0] == 3',
    });
    await this.template('steer-inconclusive-late', {
      successCondition: 'result[0] == 2',
      failureCondition: 'result[0] == 3',
      initialDelay: '20s',
    });
  }

  async close(): Promise<void> {
    await Promise.allSettled(
      this.#names.map((name) => this.api.remove(`/apis/apps/v1/namespaces/${NAMESPACE}/deployments/${name}`)),
    );
    await Promise.allSettled(this.#names.map((name) => removeApplication(this.sandbox, name, NAMESPACE)));
  }

  private template(name: string, metric: object): Promise<unknown> {
    const provider = { prometheus: { address: this.sandbox.prometheusUrl, query: 'vector(1)' } };
    return this.api.apply(`${ARGO}/analysistemplates/${name}`, {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AnalysisTemplate',
      metadata: { name, namespace: NAMESPACE },
      spec: { metrics: [{ name: 'm', ...metric, provider }] },
    });
  }

  /** A Healthy Rollout on shop:v1, with Services, TraefikService and route. Returns its name. */
  async make(part: string, made: Made): Promise<string> {
    const name = `steer-${part}-${this.#run}`;
    this.#names.push(name);
    const strategy = made.form === 'blue-green' ? 'blue-green' : 'canary';
    for (const object of objectsOf(complete({ name, namespace: NAMESPACE, strategy, image: 'shop:v1' })))
      await this.#apply(object, name, made);
    await this.until(
      name,
      'Healthy',
      ({ metadata, status }) =>
        status?.phase === 'Healthy' && status.observedGeneration === String(metadata.generation),
    );
    return name;
  }

  async #apply({ path, object }: AppObject, name: string, made: Made): Promise<void> {
    if (object.kind !== 'Rollout') return void (await this.api.apply(path, object));
    const spec = structuredClone(object.spec) as RolloutSpec;
    shape(spec, made);
    if (made.workloadRef) {
      const { selector, template } = spec;
      const deployment = {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name, namespace: NAMESPACE },
        spec: { replicas: 0, selector, template },
      };
      await this.api.apply(`/apis/apps/v1/namespaces/${NAMESPACE}/deployments/${name}`, deployment);
      delete spec.selector;
      delete spec.template;
      spec.workloadRef = { apiVersion: 'apps/v1', kind: 'Deployment', name };
    }
    await this.api.apply(path, { ...object, spec });
  }

  get(name: string): Promise<Raw> {
    return this.api.get(`${ARGO}/rollouts/${name}`) as unknown as Promise<Raw>;
  }

  /** Waits until the Rollout matches. */
  async until(name: string, what: string, holds: (now: Raw) => boolean): Promise<Raw> {
    let last: unknown;
    const look = async () => {
      const now = await this.get(name);
      last = now.status;
      return holds(now) ? now : undefined;
    };
    return eventually(`${name}: ${what}`, look, { timeoutMs: 60_000, now: () => last });
  }

  paused(name: string, step?: number): Promise<Raw> {
    return this.until(
      name,
      `paused at step ${step ?? 'any'}`,
      ({ status }) =>
        (status.pauseConditions?.length ?? 0) > 0 && (step === undefined || status.currentStepIndex === step),
    );
  }

  /** A patch by a user with kubectl. */
  patch(name: string, body: object, subresource = ''): Promise<unknown> {
    return this.api.patch(`${ARGO}/rollouts/${name}${subresource}`, body);
  }

  /** The checks of a plan, made from the real systems. */
  async checksOf(rollout: string, changes: SpecChanges = {}): Promise<readonly Check[]> {
    const { context: cluster } = this.sandbox;
    const spec = releaseSpec({ target: { cluster, namespace: NAMESPACE, rollout }, image: 'shop:v2', ...changes });
    return (await planRelease(await this.#services.worlds.of(cluster), spec)).checks;
  }

  /** One call of a tool, as every interface makes it. */
  async call(tool: string, name: string, more: Record<string, unknown> = {}): Promise<Answer> {
    const command = CATALOGUE.find((one) => one.name === tool);
    if (!command) throw new Error(`no tool ${tool}`);
    const context = {
      ...this.#services,
      caller: { id: 'cli:steer', kind: 'cli' as const },
      signal: new AbortController().signal,
      progress: () => Promise.resolve(),
    };
    const audit = { ready: () => Promise.resolve(), begin: () => Promise.resolve(), record: () => Promise.resolve() };
    const output = await execute({
      command,
      raw: { namespace: NAMESPACE, name, ...more },
      context,
      gate: { allowWrite: true, toolsets: [] },
      audit,
    });
    command.output.parse(output);
    return output as unknown as Answer;
  }

  /** The same call with the confirmation. */
  confirmed(tool: string, name: string, more: Record<string, unknown> = {}): Promise<Answer> {
    return this.call(tool, name, { confirm: `${NAMESPACE}/${name}`, ...more });
  }

  async weights(name: string): Promise<number[]> {
    const { spec } = (await this.api.get(
      `/apis/traefik.io/v1alpha1/namespaces/${NAMESPACE}/traefikservices/${name}`,
    )) as unknown as { spec: { weighted: { services: { weight: number }[] } } };
    return spec.weighted.services.map(({ weight }) => weight);
  }

  async setWeights(name: string, [first, second]: readonly [number, number]): Promise<void> {
    const services = [`${name}-active`, `${name}-preview`].map((service, index) => ({
      name: service,
      port: 8080,
      nativeLB: true,
      weight: index === 0 ? first : second,
    }));
    await this.api.patch(`/apis/traefik.io/v1alpha1/namespaces/${NAMESPACE}/traefikservices/${name}`, {
      spec: { weighted: { services } },
    });
  }
}

export interface Answer extends Output {
  readonly changed: boolean;
  readonly effective: 'proved' | 'pending' | 'refused';
  readonly reason: string;
  readonly next?: string;
  readonly before?: Record<string, unknown>;
  readonly after?: Record<string, unknown>;
}

function shape(spec: RolloutSpec, { form, change }: Made): void {
  const { canary, blueGreen } = spec.strategy;
  if (canary) Object.assign(canary, { steps: STEPS });
  if (form === 'rolling' && canary)
    for (const key of ['trafficRouting', 'stableService', 'canaryService']) delete canary[key];
  // Four pods, so that 10, 30 and 50 percent are whole pods.
  if (form === 'rolling') spec.replicas = 4;
  Object.assign(canary ?? blueGreen ?? {}, change);
}
