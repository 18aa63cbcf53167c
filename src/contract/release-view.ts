import { z } from 'zod';
import { JUDGED, type FindingEvidence, type Verdict } from '../domain/analysis/verdict.ts';
import { WEIGHT_EFFECTS, type WeightProof } from '../domain/release/proof.ts';
import { present, usersPercent } from '../domain/release/present.ts';
import { RELEASE_STATES } from '../domain/release/state.ts';
import { parseReleaseId, type Target } from '../domain/release/target.ts';
import type { ReleaseView } from '../domain/release/view.ts';
import { cleanText, maskSecrets } from '../domain/safe-text.ts';
import { originText } from '../domain/updates/origin.ts';
import { toDuration } from '../domain/duration-text.ts';
import { toWindow, windowView } from './window-view.ts';

// Weights are percent. Output schemas are loose for secondary fields, because every byte of them is in every agent's
// context.
const time = z.string();
const shownTarget = z.strictObject({ cluster: z.string(), namespace: z.string(), rollout: z.string() });
export const state = z.enum(RELEASE_STATES);

export const weights = z.strictObject({
  wanted: z.number(),
  effective: z.enum(WEIGHT_EFFECTS),
  reason: z.string(),
  rollout: z.number().optional(),
  traefik_service: z.number().optional(),
  replicas: z.array(
    z.strictObject({ replica: z.string(), weight: z.number().optional(), error: z.string().optional() }),
  ),
  at: time,
});

const counts = z.strictObject({ requests: z.number(), errors: z.number() });
const seen = z.strictObject({ requests: z.number(), bad: z.number() });
/** e-values are natural logarithms. `delta` is a difference of shares. */
const evidence = z.strictObject({
  worse: z.number(),
  not_worse: z.number(),
  bound: z.number(),
  blocks: z.number(),
  delta: z.number(),
  phi: z.number(),
  candidate: seen,
  stable: seen,
});
const verdict = z.strictObject({
  outcome: z.enum([...JUDGED, 'skipped']),
  reason: z.string(),
  findings: z.array(
    z.strictObject({
      metric: z.string(),
      outcome: z.string(),
      measured: z.number().optional(),
      limit: z.number().optional(),
      // Absent in a short answer whose verdict tells it.
      reason: z.string().optional(),
      evidence: evidence.optional(),
    }),
  ),
  candidate: counts.optional(),
  stable: counts.optional(),
  measured_share: z.number().optional(),
  from: time,
  to: time,
});

const waiting = z.strictObject({
  for: z.enum(['approval', 'step-approval', 'promotion', 'decision', 'resume', 'human', 'window']),
  answers: z.array(z.string()),
  since: time,
  deadline_in: z.string().optional(),
});

/** The guard of the version that the release made stable. */
export const guard = z.strictObject({
  state: z.string(),
  reason: z.string(),
  until: time.optional(),
  verdict: z.string().optional(),
  answers: z.array(z.string()).optional(),
});

export const release = z.strictObject({
  release_id: z.string(),
  run_id: z.string(),
  target: shownTarget,
  image: z.string(),
  strategy: z.string(),
  // The revision of Helm or the commit.
  source: z.string().optional(),
  started_by: z.string(),
  // The update of the Rollout for which it was started by itself.
  update: z.string().optional(),
  started_at: time,
  closed_at: time.optional(),
  state,
  reason: z.string(),
  step: z
    .strictObject({ index: z.number(), of: z.number(), weights: z.array(z.number()) })
    .optional()
    .describe('Index from 0.'),
  weight_wanted: z.number(),
  // Percent of the users on the new version. Absent if it is not known.
  users_percent: z.number().optional(),
  weights: weights.optional(),
  verdict: verdict.optional(),
  waiting: waiting.optional(),
  // The windows of the target. Absent if none concerns it, and after the end.
  window: windowView.optional(),
  commands: z.array(
    z.strictObject({ request_id: z.string(), command: z.string(), outcome: z.string(), detail: z.string() }),
  ),
  events: z.array(z.strictObject({ at: time, state: z.string(), text: z.string(), who: z.string().optional() })),
});
export type ReleaseOutput = z.output<typeof release>;

// A view comes from a worker that may be older or newer than this process. An absent field must not make a release
// unreadable.
const safe = (text: unknown): string => (typeof text === 'string' ? maskSecrets(cleanText(text)) : 'unknown');
const iso = (ms: unknown): string =>
  typeof ms === 'number' && Math.abs(ms) < 8.64e15 ? new Date(ms).toISOString() : 'unknown';

/** Drops absent fields: with exact optional types, absent and undefined differ. */
type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };
export function compact<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Defined<T>;
}

/**
 * Maximum number of events in a short answer. It omits the figures of the evidence, because the reasons contain them as
 * text.
 */
export const CONCISE = 5;

/** The release in its wire format, as every interface shows it, with the last `events` events and commands. */
export function toReleaseOutput(known: ReleaseView, events: number): ReleaseOutput {
  const view = present(known);
  return compact({
    release_id: view.id,
    run_id: view.runId,
    target: view.spec.target,
    image: safe(view.spec.image),
    strategy: view.spec.strategy,
    source: view.source === undefined ? undefined : safe(view.source),
    started_by: safe(view.startedBy),
    update: view.update && safe(originText(view.update)),
    started_at: iso(view.startedAt),
    closed_at: view.closedAt === undefined ? undefined : iso(view.closedAt),
    state: view.state,
    reason: safe(view.reason),
    step: view.plan && {
      index: view.stepIndex,
      of: view.plan.steps.length,
      weights: view.plan.steps.map(({ weight }) => weight),
    },
    weight_wanted: view.weightWanted,
    users_percent: usersPercent(view),
    weights: view.proof && toWeights(view.proof),
    verdict: view.verdict && toVerdict(view.verdict, events > CONCISE),
    waiting: view.waiting && toWaiting(view.waiting),
    window: windowOf(view),
    commands: view.commands.slice(-events).map((done) => ({
      request_id: done.requestId,
      command: done.command,
      outcome: done.outcome,
      detail: safe(done.detail),
    })),
    events: distinct(view.events)
      .slice(-events)
      .map((event) =>
        compact({
          at: iso(event.at),
          state: event.state,
          text: safe(event.text),
          who: event.who === undefined ? undefined : safe(event.who),
        }),
      ),
  });
}

function windowOf({ window, closedAt }: ReleaseView): z.output<typeof windowView> | undefined {
  return window === undefined || window.by.length === 0 || closedAt !== undefined ? undefined : toWindow(window);
}

/** A command is an event, and so is the state that it leads to. The same words are told once. */
function distinct(events: ReleaseView['events']): ReleaseView['events'] {
  return events.filter(({ text, who }, index) => text !== events[index - 1]?.text || who !== events[index - 1]?.who);
}

function toWeights(proof: WeightProof): z.output<typeof weights> {
  return compact({
    wanted: proof.wanted,
    effective: proof.effective,
    reason: safe(proof.reason),
    rollout: proof.rollout,
    traefik_service: proof.traefikService,
    replicas: ((proof.replicas as typeof proof.replicas | undefined) ?? []).map((seen) =>
      compact({
        replica: safe(seen.replica),
        weight: seen.candidate,
        error: seen.error === undefined ? undefined : safe(seen.error),
      }),
    ),
    at: iso(proof.at),
  });
}

function toVerdict(seen: Verdict, full: boolean): z.output<typeof verdict> {
  return compact({
    outcome: seen.outcome,
    reason: safe(seen.reason),
    findings: seen.findings.map((finding) =>
      compact({
        metric: finding.metric,
        outcome: finding.outcome,
        measured: finding.measured,
        limit: finding.limit,
        reason: full || !seen.reason.includes(finding.reason) ? safe(finding.reason) : undefined,
        evidence: full && finding.evidence ? toEvidence(finding.evidence) : undefined,
      }),
    ),
    candidate: seen.candidate,
    stable: seen.stable,
    measured_share: seen.measuredShare,
    from: iso(seen.from),
    to: iso(seen.to),
  });
}

function toEvidence({ notWorse, ...rest }: FindingEvidence): z.output<typeof evidence> {
  return { ...rest, not_worse: notWorse };
}

function toWaiting(seen: NonNullable<ReleaseView['waiting']>): z.output<typeof waiting> {
  return compact({
    for: seen.for,
    answers: [...seen.answers],
    since: iso(seen.sinceMs),
    deadline_in: seen.deadlineInMs === undefined ? undefined : toDuration(seen.deadlineInMs),
  });
}

/** One line for lists: the id without its prefix. */
export function shortTarget(id: string): string {
  const target: Target | undefined = parseReleaseId(id);
  return target ? `${target.namespace}/${target.rollout} on ${target.cluster}` : id;
}
