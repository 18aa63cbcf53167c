import { POD_HASH_LABEL } from '../../domain/rollout.ts';
import { z } from 'zod';
import type { ClusterClient } from '../../adapters/kubernetes/cluster-client.ts';
import { EVENT, POD, REPLICA_SET } from '../../adapters/kubernetes/kinds.ts';
import { plainLine } from '../../adapters/kubernetes/text.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { PodState, VersionPods } from '../../domain/pods.ts';
import type { Target } from '../../domain/release/target.ts';
import { readRollout } from './read.ts';
import type { Rollout } from './schema.ts';

const Ended = z.object({ exitCode: z.number().optional(), reason: z.string().optional() });
const Waiting = z.object({ reason: z.string().default(''), message: z.string().default('') });
const Container = z.object({
  restartCount: z.number().default(0),
  state: z.object({ waiting: Waiting.optional(), terminated: Ended.optional() }).default({}),
  lastState: z.object({ terminated: Ended.optional() }).default({}),
});
export const Condition = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.string().default(''),
  message: z.string().default(''),
});

type Condition = z.infer<typeof Condition>;

/** Source: k8s.io/api/core/v1, PodStatus. */
const Pod = z.object({
  metadata: z.object({
    name: z.string(),
    deletionTimestamp: z.string().optional(),
    labels: z.record(z.string(), z.string()).default({}),
  }),
  status: z
    .object({
      conditions: z.array(Condition).default([]),
      containerStatuses: z.array(Container).default([]),
      initContainerStatuses: z.array(Container).default([]),
    })
    .default({ conditions: [], containerStatuses: [], initContainerStatuses: [] }),
});
type Pod = z.infer<typeof Pod>;
const ReplicaSetStatus = z.object({ status: z.object({ conditions: z.array(Condition).default([]) }).optional() });
const Event = z.object({
  involvedObject: z.object({ name: z.string().default('') }),
  message: z.string().default(''),
});

/** A container that waits for one of these reasons is starting normally. */
const ORDINARY = ['', 'ContainerCreating', 'PodInitializing'];

/**
 * The pods of one version of a Rollout. A missing right is a `problem`, not an error, so that the caller still gets the
 * other data. Errors: those of reading the Rollout.
 */
export async function readPods(client: ClusterClient, target: Target, podHash: string): Promise<VersionPods> {
  const selector = selectorOf(await readRollout(client, target), { [POD_HASH_LABEL]: podHash });
  try {
    const pods = (await livePods(client, target, selector)).map(toState);
    if (pods.length === 0) return { pods, ...(await whyNone(client, target, selector)) };
    return { pods: await withProbes(client, target, pods) };
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'FORBIDDEN')
      return { pods: [], problem: `The pods cannot be read: ${error.message}` };
    throw error;
  }
}

/** The pods of all versions of a Rollout, by pod hash, from one list. Errors: those of the client. */
export async function readPodsByHash(
  client: ClusterClient,
  target: Target,
  rollout: Rollout,
): Promise<ReadonlyMap<string, readonly PodState[]>> {
  const pods = await livePods(client, target, selectorOf(rollout));
  const states = await withProbes(client, target, pods.map(toState));
  const byHash = new Map<string, PodState[]>();
  for (const [index, { metadata }] of pods.entries()) {
    const hash = metadata.labels[POD_HASH_LABEL] ?? '';
    byHash.set(hash, [...(byHash.get(hash) ?? []), states[index]!]);
  }
  return byHash;
}

function selectorOf({ spec }: Rollout, more: Readonly<Record<string, string>> = {}): string {
  return Object.entries({ ...spec.selector?.matchLabels, ...more })
    .map(([label, value]) => `${label}=${value}`)
    .join(',');
}

async function livePods(client: ClusterClient, { namespace }: Target, selector: string): Promise<Pod[]> {
  const items = await client.list(POD, namespace, selector);
  return items
    .flatMap((item) => Pod.safeParse(item).data ?? [])
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}

function toState({ metadata, status }: Pod): PodState {
  const condition = (type: string) => status.conditions.find((one) => one.type === type);
  const containers = [...status.initContainerStatuses, ...status.containerStatuses];
  const ready = condition('Ready')?.status === 'True';
  const waiting = containers.find(({ state }) => state.waiting && !ORDINARY.includes(state.waiting.reason))?.state
    .waiting;
  const ended = containers.flatMap(({ state, lastState }) => state.terminated ?? lastState.terminated ?? []);
  const failed = ended.find(({ exitCode }) => exitCode !== undefined && exitCode !== 0);
  const unscheduled = condition('PodScheduled')?.status === 'False' ? condition('PodScheduled') : undefined;
  const reason = waiting?.reason ?? unscheduled?.reason ?? failed?.reason;
  const message = waiting?.message ?? unscheduled?.message;
  return {
    name: metadata.name,
    ready,
    restarts: containers.reduce((sum, { restartCount }) => sum + restartCount, 0),
    ...(ready || !reason ? {} : { reason: plainLine(reason) }),
    ...(ready || !message ? {} : { message: plainLine(message) }),
    ...(failed?.exitCode === undefined ? {} : { exitCode: failed.exitCode }),
  };
}

/** A pod that runs and is not ready fails its probes. Only its events give the reason. */
async function withProbes(
  client: ClusterClient,
  { namespace }: Target,
  pods: readonly PodState[],
): Promise<readonly PodState[]> {
  if (!pods.some(({ ready, reason }) => !ready && reason === undefined)) return pods;
  const items = await client
    .list(EVENT, namespace, undefined, 'involvedObject.kind=Pod,reason=Unhealthy')
    .catch((error: unknown) => unlessForbidden(error));
  const events = items.flatMap((item) => Event.safeParse(item).data ?? []);
  return pods.map((pod) => {
    const event = events.findLast(({ involvedObject }) => involvedObject.name === pod.name);
    return pod.ready || pod.reason !== undefined || !event
      ? pod
      : { ...pod, reason: 'Unhealthy', message: plainLine(event.message) };
  });
}

/** When a quota or an admission controller refuses pods, the ReplicaSet has the reason. */
async function whyNone(client: ClusterClient, target: Target, selector: string): Promise<{ problem?: string }> {
  const items = await client
    .list(REPLICA_SET, target.namespace, selector)
    .catch((error: unknown) => unlessForbidden(error));
  return refusedPods(items.flatMap((item) => ReplicaSetStatus.safeParse(item).data?.status?.conditions ?? []));
}

/** The reason why the controller could not create the pods of a ReplicaSet. */
export function refusedPods(conditions: readonly Condition[]): { problem?: string } {
  const failure = conditions.find(({ type, status }) => type === 'ReplicaFailure' && status === 'True');
  return failure ? { problem: `0 pods: ${plainLine(`${failure.reason}: ${failure.message}`)}` } : {};
}

function unlessForbidden(error: unknown): readonly unknown[] {
  if (error instanceof SluiceError && error.code === 'FORBIDDEN') return [];
  throw error;
}
