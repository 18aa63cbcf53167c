import { condition } from '@temporalio/workflow';
import type { Judgement } from '../activities/analysis.ts';
import type { Course } from '../src/domain/release/continued.ts';
import { OPEN_WORDS, POLICY_WORDS } from '../src/domain/release/open-verdict.ts';
import { isOpen, type Open, type Verdict } from '../src/domain/analysis/verdict.ts';
import type { Policy } from '../src/domain/release/plan.ts';
import { read } from './activity-options.ts';
import { first } from './first.ts';
import { needsApproval, stepApproved } from './phase-approvals.ts';
import type { ReleaseRun } from './release-run.ts';
import { ReleaseStopped } from './stopped.ts';

/** The step may end. */
export interface Advance {
  readonly kind: 'advance';
}

/** What is judged while a step is held. */
interface Step {
  readonly index: number;
  readonly judgement: Judgement;
}

const ADVANCE: Advance = { kind: 'advance' };

/** Soaks, judges, and waits for the required approval. */
export async function soakAndJudge(run: ReleaseRun, course: Course, judgement: Judgement): Promise<Judged> {
  const step: Step = { index: course.index, judgement };
  await soak(run, course);
  await run.clock.running();
  const judged = isSkipped(run, step.index) ? skipTo(run) : judgeAndPromote(run, step);
  return needsApproval(run) ? approved(run, step.index, judged) : judged;
}

/** A step without a verdict needs its approvals too. */
async function approved(run: ReleaseRun, index: number, judging: Judged | Promise<Judged>): Promise<Judged> {
  const judged = await judging;
  if (judged.kind === 'advance') await stepApproved(run, index);
  return judged;
}

type Judged = Advance | { readonly kind: 'failed'; readonly verdict: Verdict };

async function judgeAndPromote(run: ReleaseRun, held: Step): Promise<Judged> {
  for (let step = held; ; ) {
    const verdict = await verdictOf(run, step);
    if (verdict === 'skipped') return skipTo(run);
    run.verdict = verdict;
    if (verdict.outcome === 'fail') return { kind: 'failed', verdict };
    const judgedAt = Date.now();
    await awaitPromotion(run, step.index, verdict);
    if (isSkipped(run, step.index) || !isOld(run, step, judgedAt)) return ADVANCE;
    run.note('the verdict is old by now: judging again before the promotion');
    step = { ...step, judgement: { ...step.judgement, recentMs: maxAgeMs(step) } };
  }
}

/** A pass expires: a version that was good a day ago may have no data today. */
function isOld(run: ReleaseRun, step: Step, judgedAt: number): boolean {
  return run.gapless && Date.now() - judgedAt > maxAgeMs(step);
}

function maxAgeMs({ judgement }: Step): number {
  const { soakMs, verdictMaxAgeMs = Math.max(2 * soakMs, OLD_VERDICT_MS) } = judgement.limits;
  return verdictMaxAgeMs;
}

/** Minimum validity of a verdict, for a short soak. */
const OLD_VERDICT_MS = 300_000;

/** Holds the weight for the rest of the soak. A repaired drift does not restart it. */
async function soak(run: ReleaseRun, course: Course): Promise<void> {
  const leftMs = run.gapless ? course.soakLeftMs : run.input.spec.analysis.soakMs;
  // The state that an earlier run has shown after its soak stays until the judge has looked again.
  if (course.continued && leftMs === 0) return;
  run.enter('soaking', `weight ${run.weightWanted} for ${leftMs / 1000} s`);
  const began = run.clock.elapsedMs();
  try {
    await first(() => [run.clock.sleep(leftMs, `soak at weight ${run.weightWanted}`), skipped(run, course.index)]);
  } finally {
    course.soakLeftMs = Math.max(0, leftMs - (run.clock.elapsedMs() - began));
  }
}

/** The first verdict. For an open verdict it includes the hold, the question and their outcome. */
async function verdictOf(run: ReleaseRun, step: Step): Promise<Verdict | 'skipped'> {
  run.enter('judging', `judging weight ${run.weightWanted}`);
  run.verdict = await read.judge.executeWithOptions({ summary: `judge weight ${run.weightWanted}` }, [step.judgement]);
  return isOpen(run.verdict.outcome) ? awaitData(run, step, run.verdict.outcome) : run.verdict;
}

/** An open outcome never advances: it waits as its policy requires. Data that arrive meanwhile decide. */
async function awaitData(run: ReleaseRun, { index, judgement }: Step, open: Open): Promise<Verdict | 'skipped'> {
  const policy = run.input.spec.analysis.policies?.[open] ?? 'hold';
  run.enter('judging', `${OPEN_WORDS[open]}, ${POLICY_WORDS[policy]}: ${run.verdict?.reason}`);
  // A hold waits for the clock. An immediate action must not act on a release that was paused meanwhile, so it waits
  // for the clock too.
  if (policy === 'ask' || policy === 'rollback') await run.clock.running();
  if (policy === 'rollback')
    throw new ReleaseStopped({
      kind: 'failed',
      reason: `${OPEN_WORDS[open]}, and the release asks for a rollback then: ${run.verdict?.reason}`,
    });
  return first<Verdict | 'skipped'>(() => [
    read.awaitVerdict.executeWithOptions({ summary: 'wait for data' }, [judgement]),
    skipped(run, index).then(() => 'skipped' as const),
    policy === 'extend' ? rollBackAfter(run, open) : askAfterHold(run, open, policy),
  ]);
}

async function rollBackAfter(run: ReleaseRun, open: Open): Promise<never> {
  const { holdMs, extendMs = holdMs } = run.input.spec.analysis;
  await run.clock.sleep(extendMs, `extended: ${OPEN_WORDS[open]}`);
  throw new ReleaseStopped({
    kind: 'deadline',
    reason: `still ${OPEN_WORDS[open]} after another ${extendMs / 1000} s`,
  });
}

const DECISION = 'decision';

async function askAfterHold(run: ReleaseRun, open: Open, policy: Policy): Promise<never> {
  const { analysis, timeouts } = run.input.spec;
  // A question that an earlier run has asked is asked again at once.
  const asked = run.clock.hasBegun(DECISION);
  if (policy !== 'ask' && !asked) await run.clock.sleep(analysis.holdMs, 'hold without data');
  const since = policy === 'ask' ? '' : ` for ${analysis.holdMs / 1000} s`;
  run.ask('waiting-for-decision', `${OPEN_WORDS[open]}${since}: ${run.verdict?.reason}`, {
    for: 'decision',
    answers: ['skip-analysis', 'abort'],
    deadlineInMs: timeouts.decisionMs,
  });
  await run.clock.sleep(timeouts.decisionMs, DECISION);
  throw new ReleaseStopped({
    kind: 'deadline',
    reason: `nobody decided within ${timeouts.decisionMs / 1000} s, and the outcome stayed open: ${OPEN_WORDS[open]}`,
  });
}

async function awaitPromotion(run: ReleaseRun, index: number, verdict: Verdict): Promise<void> {
  await run.clock.running();
  const may = () => !run.isPromotedByHand || run.promoted.has(index) || isSkipped(run, index);
  run.note(`passed: ${verdict.reason}`);
  if (needsApproval(run)) await stepApproved(run, index);
  if (may()) return;
  const { decisionMs } = run.input.spec.timeouts;
  run.ask('waiting-for-decision', `weight ${run.weightWanted} passed (${verdict.reason}); waiting for promote`, {
    for: 'promotion',
    answers: ['promote', 'abort', 'pause'],
    deadlineInMs: decisionMs,
  });
  await first(() => [condition(may), unanswered(run, decisionMs)]);
}

async function unanswered(run: ReleaseRun, decisionMs: number): Promise<never> {
  await run.clock.sleep(decisionMs, 'promotion');
  throw new ReleaseStopped({ kind: 'deadline', reason: `nobody promoted within ${decisionMs / 1000} s` });
}

/** Asks what to do about a failed verdict. The result is undefined when no answer arrived in time. */
export async function askAboutFailure(run: ReleaseRun, index: number, verdict: Verdict): Promise<Advance | undefined> {
  const { decisionMs } = run.input.spec.timeouts;
  run.ask('waiting-for-decision', `failed (${verdict.reason}); auto-rollback is off`, {
    for: 'decision',
    answers: ['abort', 'skip-analysis'],
    deadlineInMs: decisionMs,
  });
  await first(() => [skipped(run, index), run.clock.sleep(decisionMs, 'answer to the failed verdict')]);
  return isSkipped(run, index) ? skipTo(run) : undefined;
}

function isSkipped(run: ReleaseRun, index: number): boolean {
  return run.skip?.index === index;
}

async function skipped(run: ReleaseRun, index: number): Promise<void> {
  await condition(() => isSkipped(run, index));
}

function skipTo(run: ReleaseRun): Advance {
  const now = Date.now();
  // Failed evidence stays failed, so the next weight would fail at its first look. The evidence therefore starts again
  // here.
  if (run.verdict?.outcome === 'fail') run.since = Math.max(now, run.verdict.to);
  const reason = `skipped by ${run.skip?.who}: ${run.skip?.why}`;
  run.unjudged.set(run.stepIndex, reason);
  run.verdict = { outcome: 'skipped', reason, findings: [], from: run.proof?.at ?? now, to: now };
  return ADVANCE;
}
