import { plural } from '../plural.ts';
import { isRecord, metaOf, numberAt, recordAt, recordsAt, textAt, type ApiObject } from './api-object.ts';

/** How far a workload has come with its newest template. */
export interface WorkloadState {
  readonly state: 'complete' | 'progressing' | 'failed';
  /** A sentence. */
  readonly message: string;
  /** Nothing more happens until somebody acts. */
  readonly isHeld?: true;
}

const complete = (message: string): WorkloadState => ({ state: 'complete', message });
const progressing = (message: string): WorkloadState => ({ state: 'progressing', message });
const held = (message: string): WorkloadState => ({ ...progressing(message), isHeld: true });
const failed = (message: string): WorkloadState => ({ state: 'failed', message });

/** Whether its controller is still at work. */
export function movesByItself(object: ApiObject): boolean {
  const state = workloadState(object);
  return state?.state === 'progressing' && !state.isHeld;
}

/** Undefined for a kind that has no pods of its own. */
export function workloadState(object: ApiObject): WorkloadState | undefined {
  const read = STATES[String(object['kind'])];
  if (!read) return undefined;
  const { generation = 0 } = metaOf(object);
  // Argo Rollouts writes it as a text.
  const observed = Number(recordAt(object, 'status')['observedGeneration'] ?? 0);
  if (observed < generation) return progressing('The controller has not seen the newest change yet.');
  return read(object);
}

const STATES: Readonly<Record<string, (object: ApiObject) => WorkloadState>> = {
  Deployment: deployment,
  StatefulSet: statefulSet,
  DaemonSet: daemonSet,
  Rollout: argoRollout,
  ReplicaSet: (object) => counted(numberAt(object, 'spec', 'replicas') ?? 1, object, 'readyReplicas'),
};

const count = (object: ApiObject, field: string): number => numberAt(object, 'status', field) ?? 0;

function deployment(object: ApiObject): WorkloadState {
  const late = recordsAt(object, 'status', 'conditions').find(({ reason }) => reason === 'ProgressDeadlineExceeded');
  if (late) return failed(`It exceeded its progress deadline: ${textAt(late, 'message') ?? ''}`);
  const wanted = numberAt(object, 'spec', 'replicas') ?? 1;
  const [updated, all] = [count(object, 'updatedReplicas'), count(object, 'replicas')];
  if (updated < wanted) return progressing(`${updated} of ${plural(wanted, 'pod')} have the newest template.`);
  if (all > updated) return progressing(`${plural(all - updated, 'old pod')} must still end.`);
  return counted(wanted, object, 'availableReplicas');
}

function statefulSet(object: ApiObject): WorkloadState {
  if (textAt(object, 'spec', 'updateStrategy', 'type') === 'OnDelete')
    return held('Its update strategy is OnDelete: a pod gets the newest template when somebody deletes it.');
  const wanted = numberAt(object, 'spec', 'replicas') ?? 1;
  const partition = numberAt(object, 'spec', 'updateStrategy', 'rollingUpdate', 'partition') ?? 0;
  const updated = count(object, 'updatedReplicas');
  const due = Math.max(0, wanted - partition);
  const isCurrent = textAt(object, 'status', 'updateRevision') === textAt(object, 'status', 'currentRevision');
  if (!isCurrent && updated < due) return progressing(`${updated} of ${plural(due, 'pod')} have the newest template.`);
  return counted(wanted, object, 'readyReplicas');
}

function daemonSet(object: ApiObject): WorkloadState {
  const wanted = count(object, 'desiredNumberScheduled');
  const updated = count(object, 'updatedNumberScheduled');
  if (updated < wanted) return progressing(`${updated} of ${plural(wanted, 'pod')} have the newest template.`);
  return counted(wanted, object, 'numberAvailable');
}

function argoRollout(object: ApiObject): WorkloadState {
  const phase = textAt(object, 'status', 'phase') ?? 'unknown';
  const message = textAt(object, 'status', 'message');
  const text = `Its phase is ${phase}${message ? `: ${message}` : ''}.`;
  if (phase === 'Paused') return held(text);
  return phase === 'Healthy' ? complete(text) : phase === 'Degraded' ? failed(text) : progressing(text);
}

function counted(wanted: number, object: ApiObject, field: string): WorkloadState {
  const ready = count(object, field);
  return ready < wanted
    ? progressing(`${ready} of ${plural(wanted, 'pod')} are available.`)
    : complete(`All of ${plural(wanted, 'pod')} are available.`);
}

/** Why a pod is not ready, in a few words. Undefined if it is ready. */
export function podTrouble(pod: ApiObject): string | undefined {
  const conditions = recordsAt(pod, 'status', 'conditions');
  if (conditions.some(({ type, status }) => type === 'Ready' && status === 'True')) return undefined;
  const waiting = ['initContainerStatuses', 'containerStatuses'].flatMap((list) =>
    recordsAt(pod, 'status', list).flatMap(({ state }) => {
      const reason = isRecord(state) ? textAt(state, 'waiting', 'reason') : undefined;
      return reason === undefined ? [] : [`${reason}${messageText(textAt(state, 'waiting', 'message'))}`];
    }),
  );
  const unscheduled = conditions.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  if (unscheduled)
    return `${textAt(unscheduled, 'reason') ?? 'Unscheduled'}${messageText(textAt(unscheduled, 'message'))}`;
  return (
    waiting[0] ?? textAt(pod, 'status', 'reason') ?? `${textAt(pod, 'status', 'phase') ?? 'Pending'}, not ready yet`
  );
}

const messageText = (message: string | undefined): string => (message ? `: ${message.slice(0, 200)}` : '');
