import type { Name, ToolCall } from '../tools/contenders.ts';

/** What a step can use: the namespace of the contender, a failing pod, and the texts that it was answered so far. */
export interface Known {
  readonly namespace: string;
  readonly failingPod: string;
  /** The folder in which the chart `wiki` is. */
  readonly charts: string;
  readonly answers: readonly string[];
}

type Step = (known: Known) => ToolCall;

/** A usual task of an agent, as the calls that each server needs for it. */
export interface Task {
  readonly id: string;
  readonly title: string;
  /** What the last answers must contain, so that the agent knows what it asked. */
  readonly knows: (known: Known) => readonly string[];
  /** It changes something: Sluice must have proved it. */
  readonly changes?: true;
  /** A server without an entry has no tool for the task. */
  readonly steps: Readonly<Partial<Record<Name, readonly Step[]>>>;
}

const ours = 'sluice';
const go = 'kubernetes-mcp-server';
const kubectl = 'mcp-server-kubernetes';
const call = (name: string, args: Record<string, unknown>): ToolCall => ({ name, arguments: args });
const DEPLOYMENT = { apiVersion: 'apps/v1', kind: 'Deployment' };

/** The digest of the plan that was answered last. */
function digest({ answers }: Known): string {
  const found = /"?digest"?:? ?"?([0-9a-f]{16})/.exec(answers.at(-1) ?? '')?.[1];
  if (!found) throw new Error(`The plan has no digest: ${(answers.at(-1) ?? '').slice(0, 300)}`);
  return found;
}

/** A change of ours: its plan, then the same arguments with the digest. */
function planned(
  action: string,
  args: (known: Known) => Record<string, unknown>,
  prefix: 'k8s' | 'helm' = 'k8s',
): readonly Step[] {
  return [
    (known) => call(`${prefix}_plan`, { action, ...args(known) }),
    (known) => call(`${prefix}_${action}`, { ...args(known), digest: digest(known) }),
  ];
}

const manifest = ({ namespace }: Known): string =>
  [
    'apiVersion: v1',
    'kind: ConfigMap',
    `metadata: {name: flags, namespace: ${namespace}}`,
    'data: {beta: "true"}',
  ].join('\n');

export const TASKS: readonly Task[] = [
  {
    id: 'list-failing',
    title: 'Which pods of a namespace fail?',
    knows: () => ['billing-', 'ImagePullBackOff', 'stock-'],
    steps: {
      [ours]: [({ namespace }) => call('k8s_diagnose', { kind: 'namespaces', name: namespace })],
      [go]: [({ namespace }) => call('pods_list_in_namespace', { namespace })],
      [kubectl]: [({ namespace }) => call('kubectl_get', { resourceType: 'pods', namespace })],
    },
  },
  {
    id: 'why-failing',
    title: 'Why does this pod fail?',
    knows: () => ['ImagePullBackOff', 'billing:v2-no-image'],
    steps: {
      [ours]: [({ namespace, failingPod }) => call('k8s_diagnose', { kind: 'pods', namespace, name: failingPod })],
      [go]: [({ namespace, failingPod }) => call('pods_get', { namespace, name: failingPod })],
      [kubectl]: [
        ({ namespace, failingPod }) => call('kubectl_describe', { resourceType: 'pods', namespace, name: failingPod }),
      ],
    },
  },
  {
    id: 'scale',
    title: 'Scale a Deployment to 3 pods, and see that they are ready',
    changes: true,
    knows: () => ['3'],
    steps: {
      [ours]: planned('scale', ({ namespace }) => ({ kind: 'deployments', namespace, name: 'cart', replicas: 3 })),
      [go]: [
        ({ namespace }) => call('resources_scale', { ...DEPLOYMENT, namespace, name: 'cart', scale: 3 }),
        ({ namespace }) => call('resources_get', { ...DEPLOYMENT, namespace, name: 'cart' }),
      ],
      [kubectl]: [
        ({ namespace }) => call('kubectl_scale', { resourceType: 'deployment', namespace, name: 'cart', replicas: 3 }),
        ({ namespace }) =>
          call('kubectl_rollout', { subCommand: 'status', resourceType: 'deployment', namespace, name: 'cart' }),
      ],
    },
  },
  {
    id: 'image',
    title: 'Set the image of a Deployment, and see that it is rolled out',
    changes: true,
    knows: () => ['v2'],
    steps: {
      [ours]: planned('set_image', ({ namespace }) => ({
        kind: 'deployments',
        namespace,
        name: 'front',
        container: 'app',
        image: 'front:v2',
      })),
      [kubectl]: [
        ({ namespace }) =>
          call('kubectl_patch', {
            resourceType: 'deployment',
            namespace,
            name: 'front',
            patchData: { spec: { template: { spec: { containers: [{ name: 'app', image: 'front:v2' }] } } } },
          }),
        ({ namespace }) =>
          call('kubectl_get', { resourceType: 'deployment', namespace, name: 'front', output: 'json' }),
      ],
    },
  },
  {
    id: 'list',
    title: 'Which Deployments are there, and are they ready?',
    knows: () => ['cart', 'users'],
    steps: {
      [ours]: [({ namespace }) => call('k8s_list', { kind: 'deployments', namespace })],
      [go]: [({ namespace }) => call('resources_list', { ...DEPLOYMENT, namespace })],
      [kubectl]: [({ namespace }) => call('kubectl_get', { resourceType: 'deployments', namespace })],
    },
  },
  {
    id: 'read',
    title: 'Which resources does a container request?',
    knows: () => ['16Mi'],
    steps: {
      [ours]: [
        ({ namespace }) =>
          call('k8s_get', {
            kind: 'deployments',
            namespace,
            name: 'mail',
            field: 'spec.template.spec.containers[0].resources',
          }),
      ],
      [go]: [({ namespace }) => call('resources_get', { ...DEPLOYMENT, namespace, name: 'mail' })],
      [kubectl]: [
        ({ namespace }) => call('kubectl_get', { resourceType: 'deployment', namespace, name: 'mail', output: 'json' }),
      ],
    },
  },
  {
    id: 'events',
    title: 'Which warnings did a namespace have?',
    knows: () => ['FailedCreate', 'maximum memory usage'],
    steps: {
      [ours]: [({ namespace }) => call('k8s_events', { namespace, type: 'Warning' })],
      [go]: [({ namespace }) => call('events_list', { namespace })],
      [kubectl]: [({ namespace }) => call('kubectl_get', { resourceType: 'events', namespace })],
    },
  },
  {
    id: 'apply',
    title: 'Apply a manifest, and see before what it changes',
    changes: true,
    knows: () => ['flags'],
    steps: {
      [ours]: planned('apply', (known) => ({ manifest: manifest(known) })),
      [go]: [
        ({ namespace }) => call('resources_list', { apiVersion: 'v1', kind: 'ConfigMap', namespace }),
        (known) => call('resources_create_or_update', { resource: manifest(known) }),
      ],
      [kubectl]: [
        ({ namespace }) => call('kubectl_get', { resourceType: 'configmaps', namespace }),
        (known) => call('kubectl_apply', { manifest: manifest(known), namespace: known.namespace }),
      ],
    },
  },
  {
    id: 'restart',
    title: 'Restart a Deployment, and see that it is rolled out',
    changes: true,
    knows: () => ['search'],
    steps: {
      [ours]: planned('rollout_restart', ({ namespace }) => ({ kind: 'deployments', namespace, name: 'search' })),
      [kubectl]: [
        ({ namespace }) =>
          call('kubectl_rollout', { subCommand: 'restart', resourceType: 'deployment', namespace, name: 'search' }),
        ({ namespace }) =>
          call('kubectl_rollout', { subCommand: 'status', resourceType: 'deployment', namespace, name: 'search' }),
      ],
    },
  },
  {
    id: 'helm-status',
    title: 'Which releases of Helm are there?',
    knows: () => ['wiki', 'deployed'],
    steps: {
      [ours]: [({ namespace }) => call('helm_list', { namespace })],
      [go]: [({ namespace }) => call('helm_list', { namespace })],
    },
  },
  {
    id: 'helm-upgrade',
    title: 'Upgrade a chart, and see that its pods are ready',
    knows: () => ['wiki'],
    changes: true,
    steps: {
      [ours]: planned(
        'upgrade',
        ({ namespace }) => ({ namespace, name: 'wiki', chart: './wiki', values: 'replicas: 3' }),
        'helm',
      ),
      [kubectl]: [
        ({ namespace, charts }) =>
          call('upgrade_helm_chart', { namespace, name: 'wiki', chart: `${charts}/wiki`, values: { replicas: 3 } }),
        ({ namespace }) =>
          call('kubectl_rollout', { subCommand: 'status', resourceType: 'deployment', namespace, name: 'wiki' }),
      ],
    },
  },
  {
    id: 'explain',
    title: 'Which fields does the strategy of a Deployment have?',
    knows: () => ['rollingUpdate'],
    steps: {
      [ours]: [() => call('k8s_explain', { kind: 'deployments', field: 'spec.strategy' })],
      [kubectl]: [() => call('explain_resource', { resource: 'deployments.spec.strategy' })],
    },
  },
];
