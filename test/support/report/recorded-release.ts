import {
  addBlocks,
  concludes,
  startJudge,
  verdictOf,
  type JudgeState,
} from '../../../src/domain/analysis/running-judge.ts';
import type { QuestionState } from '../../../src/domain/analysis/sequential/question.ts';
import { questionsOf } from '../../../src/domain/analysis/sequential/questions.ts';
import type { Finding, Judged, Verdict } from '../../../src/domain/analysis/verdict.ts';
import type { SequentialSettings } from '../../../src/domain/release/plan.ts';
import type { RecordEntry, RecordKind, Recorded } from '../../../src/domain/release/record.ts';
import { aView, AT, PLAN, SPEC } from '../fake-gateway.ts';
import { binomial, seeded } from './random.ts';

const SCRAPE_MS = 5000;
const SETTINGS: SequentialSettings = { alpha: 0.05, errorsMargin: 0.01, slowMargin: 0.05, slowerThanMs: [300] };
const QUESTIONS = questionsOf(SETTINGS, [300]);
const WEIGHTS = [5, 10, 25, 50, 100];
const NEVER_JUDGED_BEFORE_MS = 40_000;

export interface Told {
  readonly seed?: number;
  /** Shares of bad and of slow answers. */
  readonly candidate?: { readonly bad: number; readonly slow: number };
  readonly stable?: { readonly bad: number; readonly slow: number };
  /** Requests per second to both arms. */
  readonly rate?: number;
  /** Stops in the middle of the step with this index. */
  readonly endsIn?: number;
}

/** The journal of a canary release with the given course, computed with the judge's own code. */
export function recordedRelease({
  seed = 7,
  candidate = { bad: 0.002, slow: 0.04 },
  stable = { bad: 0.002, slow: 0.04 },
  rate = 40,
  endsIn,
}: Told = {}): readonly RecordEntry[] {
  const random = seeded(seed);
  const entries: RecordEntry[] = [];
  let clock = AT;
  let [events, releases] = [0, 0];
  const add = <K extends RecordKind>(kind: K, key: string, data: Recorded[K]): void =>
    void entries.push({
      releaseId: 'release/prod/shop/web',
      runId: aView().runId,
      key: `${kind}/${key}`,
      kind,
      at: clock,
      data,
    } as RecordEntry);
  const tell = (state: Recorded['event']['state'], text: string, who?: string): void =>
    add('event', String((events += 1)), { at: clock, state, text, ...(who ? { who } : {}) });
  const release = (changes: Parameters<typeof aView>[0]): void => {
    const {
      events: _,
      commands: __,
      ...view
    } = aView({
      spec: { ...SPEC, analysis: { ...SPEC.analysis, sequential: SETTINGS } },
      plan: { ...PLAN, steps: WEIGHTS.map((weight) => ({ weight })) },
      ...changes,
    });
    add('release', String((releases += 1)), view);
  };
  const prove = (step: number, wanted: number): void =>
    add('proof', `${step}/${clock}`, {
      step,
      effective: 'proved',
      reason: `weight ${wanted} in force on 2 Traefik replicas`,
      wanted,
      rollout: wanted,
      traefikService: wanted,
      replicas: [
        { replica: 't1', candidate: wanted },
        { replica: 't2', candidate: wanted },
      ],
      at: clock,
    });
  const query = (name: 'requests' | 'durations', arm: 'candidate' | 'stable', step: number): void => {
    const service = arm === 'candidate' ? PLAN.candidate.metricsService : PLAN.stable.metricsService;
    const metric =
      name === 'requests' ? 'traefik_service_requests_total' : 'traefik_service_request_duration_seconds_bucket';
    add('query', `${step}/${name}/${arm}/${clock}`, {
      step,
      name,
      arm,
      promql: `${metric}{service="${service}"}`,
      at: clock,
      values: ['200', '503'].map((code) => ({
        labels: { code, instance: 't1', method: 'GET' },
        value: Math.round(random() * 10_000),
      })),
    });
  };

  let state: JudgeState | undefined;
  const block = (step: number, weight: number, instance: string, from: number): void => {
    const n = (share: number): number => binomial(random, Math.round((rate * SCRAPE_MS) / 1000 / 2), share);
    const [own, other] = [n(weight / 100), n(1 - weight / 100)];
    const kind = (name: string): 'bad' | 'slow' => (name === 'errors' ? 'bad' : 'slow');
    const blocks = Object.fromEntries(
      QUESTIONS.map(({ name }) => [
        name,
        {
          candidate: { requests: own, bad: binomial(random, own, candidate[kind(name)]) },
          stable: { requests: other, bad: binomial(random, other, stable[kind(name)]) },
        },
      ]),
    );
    const judged = addBlocks(
      SETTINGS,
      state ?? startJudge(SETTINGS, [], [300], from),
      [{ from: clock - SCRAPE_MS, to: clock, instance, questions: blocks }],
      { weight, from },
    );
    state = judged.state;
    for (const point of judged.trail) add('block', `${instance}/${clock}`, { ...point, step });
  };
  const findings = (): Finding[] =>
    verdictOf(SETTINGS, state as JudgeState, { inStep: 1e6, minRequests: 1, known: [300] }).findings.slice();
  const judge = (step: number, weight: number, from: number): Verdict => {
    const asked = findings();
    const proved = concludes(SETTINGS.alpha, state as JudgeState);
    const outcome: Judged = proved === 'open' ? 'inconclusive' : proved;
    const { candidate: own, stable: other } = (state as JudgeState).questions['errors'] as QuestionState;
    const p95: Finding = {
      metric: 'p95',
      outcome: 'pass',
      measured: random() < 0.5 ? 250 : 300,
      limit: 500,
      reason: 'p95 in (100, 300] ms, limit 500 ms',
    };
    const verdict: Verdict = {
      outcome,
      reason:
        asked
          .filter((one) => one.outcome === outcome)
          .map(({ reason }) => reason)
          .join('; ') || 'the questions together',
      findings: [...asked, p95],
      candidate: { requests: own.requests, errors: own.bad },
      stable: { requests: other.requests, errors: other.bad },
      measuredShare: weight / 100,
      from,
      to: clock,
    };
    for (const name of ['requests', 'durations'] as const)
      for (const arm of ['candidate', 'stable'] as const) query(name, arm, step);
    add('verdict', `${step}/${clock}`, { ...verdict, step, weight });
    return verdict;
  };

  tell('preflight', 'reading what the release depends on');
  tell('starting', 'setting the image shop:v2');
  release({ state: 'starting', reason: 'setting the image shop:v2', weightWanted: 0 });
  for (const [index, weight] of WEIGHTS.entries()) {
    tell('shifting', `step ${index + 1} of ${WEIGHTS.length}: weight ${weight}`);
    release({ state: 'shifting', reason: `weight ${weight}`, stepIndex: index, weightWanted: weight });
    clock += 4000;
    prove(index, weight);
    tell('soaking', `weight ${weight} for 60 s`);
    const from = clock;
    for (;;) {
      clock += SCRAPE_MS;
      for (const instance of ['t1', 't2']) block(index, weight, instance, from);
      if (clock - from < NEVER_JUDGED_BEFORE_MS) continue;
      if (clock - from < NEVER_JUDGED_BEFORE_MS + SCRAPE_MS) tell('judging', `judging weight ${weight}`);
      if (index === endsIn) {
        const verdict = { ...judge(index, weight, from) };
        release({
          state: 'judging',
          reason: `judging weight ${weight}`,
          stepIndex: index,
          weightWanted: weight,
          verdict,
        });
        return entries;
      }
      const verdict = judge(index, weight, from);
      if (verdict.outcome === 'inconclusive' && clock - from < 600_000) continue;
      if (verdict.outcome !== 'pass') {
        tell('aborting', `failed: ${verdict.reason}`);
        clock += 6000;
        prove(index, 0);
        release({
          state: 'rolled-back',
          reason: verdict.reason,
          stepIndex: index,
          weightWanted: 0,
          verdict,
          closedAt: clock,
        });
        tell('rolled-back', 'all traffic is on the stable version again');
        return entries;
      }
      tell('judging', `passed: ${verdict.reason}`);
      if (index === 1) {
        clock += 20_000;
        add('command', 'r1', {
          requestId: 'r1',
          command: 'promote',
          outcome: 'applied',
          detail: 'step 3 begins',
          duplicate: false,
        });
        tell('waiting-for-decision', 'promoted', 'mcp:claude');
      }
      break;
    }
  }
  clock += 3000;
  tell('succeeded', 'shop:v2 is the stable version');
  release({
    state: 'succeeded',
    reason: 'shop:v2 is the stable version',
    stepIndex: WEIGHTS.length - 1,
    weightWanted: 100,
    closedAt: clock,
  });
  return entries;
}
