import { numberAt, recordsAt, textAt, type ApiObject } from '../cluster-objects/api-object.ts';
import { workloadState, type WorkloadState } from '../cluster-objects/workload-state.ts';

/** How far an object of a release has come. An object that has nothing to wait for is complete. */
export function objectState(object: ApiObject): WorkloadState {
  const own = STATES[String(object['kind'])]?.(object) ?? workloadState(object);
  if (own === undefined) return { state: 'complete', message: 'It is there.' };
  const why = own.state === 'complete' ? undefined : refusedPods(object);
  return why === undefined ? own : { ...own, message: `${own.message} Its pods cannot be created: ${why}` };
}

/** A quota or an admission rule forbids pods. Without it a reader sees only that there are none. */
function refusedPods(object: ApiObject): string | undefined {
  const conditions = recordsAt(object, 'status', 'conditions');
  return textAt(
    conditions.find(({ type, status }) => type === 'ReplicaFailure' && status === 'True'),
    'message',
  );
}

/** Kinds that `workloadState` does not know, and that Helm waits for. */
const STATES: Readonly<Record<string, (object: ApiObject) => WorkloadState>> = {
  Job: job,
  PersistentVolumeClaim: claim,
};

function job(object: ApiObject): WorkloadState {
  const failure = recordsAt(object, 'status', 'conditions').find(
    ({ type, status }) => type === 'Failed' && status === 'True',
  );
  if (failure) return { state: 'failed', message: `It failed: ${textAt(failure, 'message') ?? ''}` };
  const [done, wanted] = [numberAt(object, 'status', 'succeeded') ?? 0, numberAt(object, 'spec', 'completions') ?? 1];
  return { state: done < wanted ? 'progressing' : 'complete', message: `${done} of ${wanted} pods have succeeded.` };
}

/** A claim of a class that waits for its first pod is bound only then, so a claim that is not bound has not failed. */
function claim(object: ApiObject): WorkloadState {
  const phase = textAt(object, 'status', 'phase') ?? 'Pending';
  return { state: phase === 'Bound' ? 'complete' : 'progressing', message: `Its phase is ${phase}.` };
}
