import { metaOf, numberAt, recordAt, textAt, type ApiObject } from '../../cluster-objects/api-object.ts';
import type { Facts } from '../facts.ts';
import { conditionIs } from '../../cluster-objects/conditions.ts';
import { refOf } from '../../cluster-objects/object-ref.ts';
import { evidence, plain, type Family, type Finding, type Rule } from '../rule.ts';
import { describeObject, getStep } from '../steps.ts';

const BACKOFF: Rule = {
  name: 'job-backoff-limit',
  means: 'The pods of the Job have failed more often than backoffLimit allows.',
  reads: 'Job status.conditions[Failed]',
  next: 'Read the log of a pod of the Job, repair it, and start the Job again.',
  consequence: true,
};
const DEADLINE: Rule = {
  name: 'job-deadline',
  means: 'The Job has run longer than activeDeadlineSeconds.',
  reads: 'Job status.conditions[Failed]',
  next: 'Raise the deadline, or find out what takes so long.',
};
const FAILED: Rule = {
  name: 'job-failed',
  means: 'The Job has failed by one of its policies.',
  reads: 'Job status.conditions[Failed]',
  next: 'Read the text of the condition.',
  consequence: true,
};
const SUSPENDED: Rule = {
  name: 'job-suspended',
  means: 'The Job or CronJob is suspended.',
  reads: 'Job and CronJob spec.suspend',
  next: 'Set spec.suspend to false when it may run.',
};
const OVERLAP: Rule = {
  name: 'cron-job-overlap',
  means: 'The schedule was skipped because an earlier Job still runs, and concurrencyPolicy is Forbid.',
  reads: 'CronJob spec.concurrencyPolicy, status.active, and its events JobAlreadyActive',
  next: 'Look at the Job that still runs.',
};

export const jobs: Family = {
  name: 'Jobs',
  kinds: ['Job', 'CronJob'],
  rules: [BACKOFF, DEADLINE, FAILED, SUSPENDED, OVERLAP],
  find: (object, facts) => [
    ...suspended(object),
    ...(object['kind'] === 'Job' ? failed(object) : skipped(object, facts)),
  ],
};

const KINDS: Readonly<Record<string, Rule>> = { BackoffLimitExceeded: BACKOFF, DeadlineExceeded: DEADLINE };

function failed(job: ApiObject): readonly Finding[] {
  const condition = conditionIs(job, 'Failed', 'True');
  if (!condition) return [];
  const [reason, message] = [textAt(condition, 'reason') ?? '', textAt(condition, 'message') ?? ''];
  const rule = KINDS[reason] ?? FAILED;
  const field = rule === DEADLINE ? 'activeDeadlineSeconds' : 'backoffLimit';
  const limit = numberAt(job, 'spec', field);
  return [
    {
      rule,
      object: job,
      summary: `${rule.means} ${plain(message, 160)}`,
      evidence: [
        evidence(job, 'status.conditions[Failed]', `${reason}: ${message}`),
        evidence(job, 'status.failed', String(numberAt(job, 'status', 'failed') ?? 0)),
        ...(limit === undefined ? [] : [evidence(job, `spec.${field}`, String(limit))]),
      ],
      step: describeObject(job),
    },
  ];
}

function suspended(object: ApiObject): readonly Finding[] {
  const done = conditionIs(object, 'Complete', 'True') ?? conditionIs(object, 'Failed', 'True');
  if (recordAt(object, 'spec')['suspend'] !== true || done) return [];
  const proof = [evidence(object, 'spec.suspend', 'true')];
  return [
    { rule: SUSPENDED, object, summary: 'It is suspended.', evidence: proof, step: getStep(refOf(object), 'spec') },
  ];
}

function skipped(cron: ApiObject, facts: Facts): readonly Finding[] {
  const active = recordAt(cron, 'status')['active'];
  const running = Array.isArray(active) ? active.length : 0;
  const forbids = textAt(cron, 'spec', 'concurrencyPolicy') === 'Forbid';
  if (!forbids || running === 0 || metaOf(cron).deletionTimestamp !== undefined) return [];
  const event = facts.events(cron).find(({ reason }) => reason === 'JobAlreadyActive');
  if (!event) return [];
  return [
    {
      rule: OVERLAP,
      object: cron,
      summary: OVERLAP.means,
      evidence: [evidence(cron, 'event JobAlreadyActive', event.message), evidence(cron, 'status.active', active)],
      step: describeObject(cron),
    },
  ];
}
