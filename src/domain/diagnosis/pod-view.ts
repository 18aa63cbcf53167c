import { metaOf, numberAt, recordAt, recordsAt, textAt, type ApiObject } from '../cluster-objects/api-object.ts';
import { conditionIs } from '../cluster-objects/conditions.ts';

/** How a container ended. */
export interface Ended {
  readonly exitCode: number;
  readonly reason: string;
  readonly message: string;
}

/** A container of a pod, as the kubelet reports it. */
export interface ContainerView {
  readonly name: string;
  readonly init: boolean;
  /** The path of its status, for evidence. */
  readonly path: string;
  readonly spec: ApiObject;
  readonly ready: boolean;
  readonly started: boolean;
  readonly restarts: number;
  readonly waiting?: { readonly reason: string; readonly message: string };
  /** ISO 8601. */
  readonly runningSince?: string;
  readonly ended?: Ended;
  /** The run before this one. */
  readonly last?: Ended;
}

export function containersOf(pod: ApiObject): readonly ContainerView[] {
  return [
    ...recordsAt(pod, 'status', 'initContainerStatuses').map((status) => view(pod, status, true)),
    ...recordsAt(pod, 'status', 'containerStatuses').map((status) => view(pod, status, false)),
  ];
}

function view(pod: ApiObject, status: ApiObject, init: boolean): ContainerView {
  const name = textAt(status, 'name') ?? '';
  const specs = recordsAt(pod, 'spec', init ? 'initContainers' : 'containers');
  const reason = textAt(status, 'state', 'waiting', 'reason');
  const since = textAt(status, 'state', 'running', 'startedAt');
  const ended = endOf(recordAt(status, 'state', 'terminated'));
  const last = endOf(recordAt(status, 'lastState', 'terminated'));
  return {
    name,
    init,
    path: `status.${init ? 'initContainerStatuses' : 'containerStatuses'}[${name}]`,
    spec: specs.find((one) => one['name'] === name) ?? {},
    ready: status['ready'] === true,
    started: status['started'] !== false,
    restarts: numberAt(status, 'restartCount') ?? 0,
    ...(reason === undefined
      ? {}
      : { waiting: { reason, message: textAt(status, 'state', 'waiting', 'message') ?? '' } }),
    ...(since === undefined ? {} : { runningSince: since }),
    ...(ended && { ended }),
    ...(last && { last }),
  };
}

function endOf(terminated: ApiObject): Ended | undefined {
  const exitCode = numberAt(terminated, 'exitCode');
  if (exitCode === undefined) return undefined;
  return { exitCode, reason: textAt(terminated, 'reason') ?? '', message: textAt(terminated, 'message') ?? '' };
}

/** It is ready, has done its work, or is going away, so there is nothing to find about it. */
export function isSettled(pod: ApiObject): boolean {
  if (metaOf(pod).deletionTimestamp !== undefined) return true;
  return textAt(pod, 'status', 'phase') === 'Succeeded' || isReady(pod);
}

export function isReady(pod: ApiObject): boolean {
  return conditionIs(pod, 'Ready', 'True') !== undefined;
}
