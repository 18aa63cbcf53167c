import type { Verdict } from '../../src/domain/analysis/verdict.ts';
import type { ReleaseState } from '../../src/domain/release/state.ts';
import { RELEASE_STATES } from '../../src/domain/release/state.ts';
import type { ReleaseView, Waiting } from '../../src/domain/release/view.ts';
import { aView, AT } from './fake-gateway.ts';

/** A state of a release, and what every interface has to show for it. */
export interface Moment {
  readonly name: string;
  readonly view: ReleaseView;
  /** Words in the headline. */
  readonly headline: string;
  readonly waits?: { readonly for: Waiting['for']; readonly answers: readonly string[] };
  /** Percent of the users on the new version. Absent if it is not known. */
  readonly users?: number;
}

const verdict = (outcome: Verdict['outcome'], reason: string, to = AT + 1000): Verdict => ({
  outcome,
  reason,
  findings: [],
  from: AT,
  to,
});
const question = (name: Waiting['for'], ...answers: readonly string[]): Waiting => ({
  for: name,
  answers,
  sinceMs: AT,
  deadlineInMs: 3_600_000,
});

const view = (state: ReleaseState, reason: string, more: Partial<ReleaseView> = {}): ReleaseView =>
  aView({
    state,
    reason,
    events: [{ at: AT, state, text: reason }],
    ...more,
    ...(more.closedAt === undefined ? {} : { weightWanted: 0 }),
  });

const OPEN: readonly Moment[] = [
  {
    name: 'preflight',
    view: view('preflight', 'checking the target', { weightWanted: 0 }),
    headline: 'checking',
    users: 0,
  },
  {
    name: 'waiting-for-approval',
    view: view('waiting-for-approval', 'waiting for approval', {
      weightWanted: 0,
      waiting: question('approval', 'approve', 'reject', 'abort'),
    }),
    headline: 'waiting for approval',
    waits: { for: 'approval', answers: ['approve', 'reject', 'abort'] },
    users: 0,
  },
  {
    name: 'waiting-for-window',
    view: view('waiting-for-window', 'the windows of the target are closed by freeze', {
      waiting: question('window', 'override-windows', 'abort'),
      window: { open: false, reason: 'closed by freeze', by: ['freeze'], onClose: 'finish_step' },
    }),
    headline: 'closed by freeze',
    waits: { for: 'window', answers: ['override-windows', 'abort'] },
    users: 10,
  },
  { name: 'starting', view: view('starting', 'setting shop:v2', { weightWanted: 0 }), headline: 'setting', users: 0 },
  { name: 'shifting', view: view('shifting', 'step 1 of 2: weight 10'), headline: 'step 1 of 2', users: 10 },
  { name: 'verifying', view: view('verifying', 'proving weight 10'), headline: 'proving', users: 10 },
  { name: 'soaking', view: view('soaking', 'weight 10 for 60 s'), headline: 'for 60 s', users: 10 },
  { name: 'judging', view: view('judging', 'judging weight 10'), headline: 'judging weight', users: 10 },
  ...(['no-data', 'too-little-traffic', 'inconclusive'] as const).map(
    (outcome): Moment => ({
      name: `judging, held: ${outcome}, after "no data"`,
      view: view('judging', 'no data, holding: errors: nothing was counted yet', {
        verdict: verdict(outcome, 'new 0.90 % of 111'),
      }),
      headline: `${outcome.replaceAll('-', ' ')}, holding: new 0.90 % of 111`,
      users: 10,
    }),
  ),
  {
    name: 'waiting-for-decision: promotion',
    view: view('waiting-for-decision', 'weight 10 passed (fine); waiting for promote', {
      verdict: verdict('pass', 'fine'),
      waiting: question('promotion', 'promote', 'abort', 'pause'),
    }),
    headline: 'waiting for promote',
    waits: { for: 'promotion', answers: ['promote', 'abort', 'pause'] },
    users: 10,
  },
  {
    name: 'waiting-for-decision: open verdict',
    view: view('waiting-for-decision', 'no data for 600 s: nothing was counted yet', {
      verdict: verdict('too-little-traffic', '12 requests, 50 needed'),
      waiting: question('decision', 'skip-analysis', 'abort'),
    }),
    headline: 'too little traffic, a person has to decide: 12 requests, 50 needed',
    waits: { for: 'decision', answers: ['skip-analysis', 'abort'] },
    users: 10,
  },
  {
    name: 'waiting-for-decision: failed verdict',
    view: view('waiting-for-decision', 'failed (errors); auto-rollback is off', {
      verdict: verdict('fail', 'errors'),
      waiting: question('decision', 'abort', 'skip-analysis'),
    }),
    headline: 'failed (errors)',
    waits: { for: 'decision', answers: ['abort', 'skip-analysis'] },
    users: 10,
  },
  {
    name: 'promoting',
    view: view('promoting', 'promoting', { stepIndex: 1, weightWanted: 50 }),
    headline: 'promoting',
    users: 50,
  },
  {
    name: 'promoting, the new version is stable',
    view: view('promoting', 'promoting', { stepIndex: 1, weightWanted: 0 }),
    headline: 'promoting',
    users: 100,
  },
  {
    name: 'aborting',
    view: view('aborting', 'aborted by cli:ada', { weightWanted: 0 }),
    headline: 'aborted by',
    users: 0,
  },
  {
    name: 'aborting, the new version is still stable',
    view: view('aborting', 'shop:v2 is stable: making shop:v1 stable again', { stepIndex: 1, weightWanted: 100 }),
    headline: 'making shop:v1 stable again',
    users: 0,
  },
  {
    name: 'drift',
    view: view('shifting', 'step 1 of 2: weight 10', {
      events: [{ at: AT, state: 'soaking', text: 'drift: the weight was 20; setting and proving the weight again' }],
    }),
    headline: 'step 1 of 2',
    users: 10,
  },
  {
    name: 'guard: failed beside a soak',
    view: view('aborting', 'errors: 12 of 44 answers failed', {
      weightWanted: 0,
      verdict: verdict('fail', '12 of 44'),
    }),
    headline: '12 of 44 answers',
    users: 0,
  },
  {
    name: 'failed-needs-human',
    view: view('failed-needs-human', 'the rollback has not settled', { waiting: question('human', 'resume') }),
    headline: 'not settled',
    waits: { for: 'human', answers: ['resume'] },
    users: 0,
  },
];

const ENDED: readonly Moment[] = [
  {
    name: 'succeeded',
    view: view('succeeded', 'shop:v2 is stable', { closedAt: AT + 9 }),
    headline: 'is stable',
    users: 100,
  },
  { name: 'rolled-back', view: view('rolled-back', 'errors', { closedAt: AT + 9 }), headline: 'errors', users: 0 },
  { name: 'refused', view: view('refused', 'preflight: image', { closedAt: AT + 9 }), headline: 'preflight', users: 0 },
  {
    name: 'superseded',
    view: view('superseded', 'the image was changed to shop:v3', { closedAt: AT + 9 }),
    headline: 'shop:v3',
  },
];

const PAUSABLE: readonly ReleaseState[] = RELEASE_STATES.filter(
  (state) => !['promoting', 'aborting', 'failed-needs-human', 'paused'].includes(state),
);

/** The same state after a pause of the release. */
function paused({ name, view: before, headline, users }: Moment): Moment {
  const approval = before.waiting?.for === 'approval' ? ['approve', 'reject'] : [];
  return {
    name: `paused in ${name}`,
    view: {
      ...before,
      state: 'paused',
      events: [
        ...before.events,
        { at: AT + 500, state: before.state, text: 'paused: boss wants to look', who: 'cli:ada' },
      ],
    },
    headline: `Paused by cli:ada (boss wants to look). Before that: ${before.reason.startsWith('no data, holding') ? headline : ''}`,
    waits: { for: 'resume', answers: ['resume', ...approval, 'abort'] },
    ...(users === undefined ? {} : { users }),
  };
}

/** Every state, every open outcome, and each state in which a release can be paused. */
export const MOMENTS: readonly Moment[] = [
  ...OPEN,
  ...ENDED,
  ...OPEN.filter(({ view: { state } }) => PAUSABLE.includes(state)).map(paused),
];
