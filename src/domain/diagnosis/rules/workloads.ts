import { metaOf, numberAt, recordAt, textAt, type ApiObject } from '../../cluster-objects/api-object.ts';
import { conditionIs } from '../../cluster-objects/conditions.ts';
import { refOf } from '../../cluster-objects/object-ref.ts';
import { evidence, finding, plain, type Family, type Finding, type Rule } from '../rule.ts';
import { describeObject, getStep, historyStep } from '../steps.ts';

const PAUSED: Rule = {
  name: 'deployment-paused',
  means: 'The Deployment is paused, so its newest template is not rolled out.',
  reads: 'Deployment spec.paused, status.updatedReplicas',
  next: 'Remove spec.paused, or take the change of the template back.',
};
const LATE: Rule = {
  name: 'progress-deadline',
  means: 'The rollout has made no progress within its deadline.',
  reads: 'Deployment and Rollout status.conditions[Progressing]',
  next: 'Look at the pods of the newest version.',
  consequence: true,
};
const ON_DELETE: Rule = {
  name: 'update-on-delete',
  means: 'The update strategy is OnDelete: a pod gets the newest template when somebody deletes it.',
  reads: 'StatefulSet and DaemonSet spec.updateStrategy.type, status',
  next: 'Delete the old pods one by one, or change the update strategy.',
};

export const workloads: Family = {
  name: 'Rollouts of workloads',
  kinds: ['Deployment', 'StatefulSet', 'DaemonSet', 'Rollout'],
  rules: [PAUSED, LATE, ON_DELETE],
  find: (object) => [...paused(object), ...late(object), ...onDelete(object)],
};

function paused(object: ApiObject): readonly Finding[] {
  const [wanted, updated] = [
    numberAt(object, 'spec', 'replicas') ?? 1,
    numberAt(object, 'status', 'updatedReplicas') ?? 0,
  ];
  if (object['kind'] !== 'Deployment' || recordAt(object, 'spec')['paused'] !== true || updated >= wanted) return [];
  const summary = `It is paused: ${updated} of ${wanted} pods have the newest template, and no more are replaced.`;
  const proof = [evidence(object, 'spec.paused', 'true'), evidence(object, 'status.updatedReplicas', String(updated))];
  return [finding(PAUSED, object, summary, proof, getStep(refOf(object), 'spec'))];
}

function late(object: ApiObject): readonly Finding[] {
  const progressing = conditionIs(object, 'Progressing', 'False');
  const message = textAt(progressing, 'message') ?? '';
  if (progressing?.['reason'] !== 'ProgressDeadlineExceeded') return [];
  const proof = [evidence(object, 'status.conditions[Progressing]', `ProgressDeadlineExceeded: ${message}`)];
  return [finding(LATE, object, `${LATE.means} ${plain(message, 160)}`, proof, historyStep(object))];
}

function onDelete(object: ApiObject): readonly Finding[] {
  if (textAt(object, 'spec', 'updateStrategy', 'type') !== 'OnDelete') return [];
  const daemons = object['kind'] === 'DaemonSet';
  const [all, updated] = daemons
    ? [numberAt(object, 'status', 'desiredNumberScheduled'), numberAt(object, 'status', 'updatedNumberScheduled')]
    : [numberAt(object, 'status', 'replicas'), numberAt(object, 'status', 'updatedReplicas')];
  const isCurrent = textAt(object, 'status', 'currentRevision') === textAt(object, 'status', 'updateRevision');
  if ((updated ?? 0) >= (all ?? 0) || (!daemons && isCurrent)) return [];
  const proof = [
    evidence(object, 'spec.updateStrategy.type', 'OnDelete'),
    evidence(object, 'status', `${updated ?? 0} of ${all ?? 0} pods are updated`),
  ];
  const summary = `${all} pods run, and ${updated ?? 0} of them have the newest template. ${ON_DELETE.means}`;
  return [finding(ON_DELETE, object, summary, proof, describeObject(object))];
}

/** Whether somebody has scaled a workload to no pods. */
export function isScaledToZero(object: ApiObject): boolean {
  return numberAt(object, 'spec', 'replicas') === 0 && metaOf(object).deletionTimestamp === undefined;
}
