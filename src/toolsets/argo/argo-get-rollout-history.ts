import { z } from 'zod';
import { parse } from '../../contract/parse.ts';
import { rolloutFields } from '../../contract/place.ts';
import { cleanText } from '../../domain/safe-text.ts';
import type { Revision } from '../../domain/rollout.ts';
import type { AnalysisOutcome, PastOfRollout } from '../../ports/rollout-history.ts';
import type { Command } from '../../commands/command.ts';
import { targetOf } from './rollout-answer.ts';

const input = z.strictObject({
  ...rolloutFields,
  limit: z.int().min(1).max(100).optional().describe('Maximum of each kind, newest first. Default 10.'),
});

const revision = z.strictObject({
  revision: z.number(),
  role: z.enum(['stable', 'new', 'old']),
  images: z.record(z.string(), z.string()),
  pod_hash: z.string(),
  created_at: z.string(),
  pods: z.string(),
});
const metric = z.strictObject({
  name: z.string(),
  phase: z.string(),
  successful: z.number(),
  failed: z.number(),
  inconclusive: z.number(),
  errors: z.number(),
  last_value: z.string().optional(),
  message: z.string(),
});
const analysisRun = z.strictObject({
  run: z.string(),
  type: z.string(),
  pod_hash: z.string(),
  phase: z.string(),
  message: z.string(),
  started_at: z.string(),
  completed_at: z.string().optional(),
  metrics: z.array(metric),
});
const event = z.strictObject({
  at: z.string(),
  who: z.string(),
  reason: z.string(),
  message: z.string(),
  count: z.number(),
  warning: z.boolean(),
});
const write = z.strictObject({ at: z.string(), who: z.string(), what: z.string(), fields: z.array(z.string()) });

const output = z.strictObject({
  revisions: z.array(revision),
  analysis_runs: z.array(analysisRun),
  events: z.array(event),
  writes: z.array(write).describe('The last write of each field manager.'),
  left_out: z.number().describe('Entries beyond limit.'),
  resource_version: z.string(),
});
type Output = z.output<typeof output>;

export const argoGetRolloutHistory: Command<typeof input, typeof output> = {
  name: 'argo_get_rollout_history',
  title: 'History of a Rollout',
  description:
    'What happened to a Rollout: revisions with images, analysis results, events and who wrote last. Events are kept by clusters for about an hour.',
  kind: 'read',
  idempotent: true,
  toolset: 'argo',
  input,
  output,
  examples: [{ title: 'Which image was stable before?', input: { namespace: 'shop', name: 'web' } }],
  check: (raw) => parse(input, raw ?? {}),
  run: async (context, { limit = 10, ...where }) =>
    toOutput(await context.ports.rolloutObjects.history(await targetOf(context, where)), limit),
  text: (answer) =>
    lines(answer).join('\n') || 'The cluster has no history of it: no revisions, analysis runs or events.',
};

function toOutput(past: PastOfRollout, limit: number): Output {
  const lists = [past.revisions, past.analysisRuns, past.events, past.writes];
  return {
    revisions: past.revisions.slice(0, limit).map((each) => toRevision(each, past)),
    analysis_runs: past.analysisRuns.slice(0, limit).map(toRun),
    events: past.events.slice(0, limit).map(({ at, who, type, reason, message, count }) => ({
      at,
      who: cleanText(who),
      reason: cleanText(reason),
      message: cleanText(message),
      count,
      warning: type === 'Warning',
    })),
    writes: past.writes.slice(0, limit).map(({ at, who, what, fields }) => ({
      at,
      who: cleanText(who),
      what: cleanText(what),
      fields: fields.map((field) => cleanText(field, 80)),
    })),
    left_out: lists.reduce((sum, { length }) => sum + Math.max(0, length - limit), 0),
    resource_version: past.resourceVersion,
  };
}

function toRevision(
  { revision: number, podHash, images, createdAt, replicas }: Revision,
  { podHash: present, stableHash }: PastOfRollout,
): Output['revisions'][number] {
  const role = podHash === stableHash ? 'stable' : podHash === present ? 'new' : 'old';
  return {
    revision: number,
    role,
    images: { ...images },
    pod_hash: podHash,
    created_at: createdAt,
    pods: `${replicas.ready}/${replicas.desired}`,
  };
}

function toRun({
  run,
  type,
  podHash,
  phase,
  message,
  startedAt,
  completedAt,
  metrics,
}: AnalysisOutcome): Output['analysis_runs'][number] {
  return {
    run: cleanText(run, 253),
    type,
    pod_hash: podHash,
    phase,
    message: cleanText(message),
    started_at: startedAt,
    ...(completedAt ? { completed_at: completedAt } : {}),
    metrics: metrics.map(({ lastValue, ...rest }) => ({
      ...rest,
      message: cleanText(rest.message),
      ...(lastValue === undefined ? {} : { last_value: cleanText(lastValue, 80) }),
    })),
  };
}

function lines({ revisions, analysis_runs, events, writes, left_out }: Output): string[] {
  if (revisions.length + analysis_runs.length + events.length + writes.length === 0)
    return ['Nothing is recorded of it: the controller has made no revision yet.'];
  return [
    ...revisions.map(
      ({ revision: number, role, images, pod_hash, created_at, pods }) =>
        `revision ${number} (${role}) ${Object.values(images).join(', ')}, ${pod_hash}, ${created_at}, pods ${pods}`,
    ),
    ...analysis_runs.map(
      ({ run, phase, message, started_at, metrics }) =>
        `analysis ${run} ${started_at}: ${phase}${message ? `, ${message}` : ''}; ${metrics.map(({ name, phase: each, last_value }) => `${name} ${each} (${last_value ?? 'no value'})`).join(', ')}`,
    ),
    ...events.map(
      ({ at, who, reason, message, count }) =>
        `${at} ${who} ${reason}: ${message}${count > 1 ? ` (${count} times)` : ''}`,
    ),
    ...writes.map(({ at, who, what, fields }) => `${at} ${who} wrote ${what}: ${fields.join(', ')}`),
    ...(left_out > 0 ? [`${left_out} older entries are left out: raise limit.`] : []),
  ];
}
