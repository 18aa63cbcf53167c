import { describe, expect, test } from '@jest/globals';
import { osUser } from '../../../src/domain/access/caller.ts';
import { refusalOf, type Situation } from '../../../src/domain/release/admission.ts';
import { COMMANDS, type Command, type CommandName } from '../../../src/domain/release/command.ts';
import { isClosed, RELEASE_STATES, type ReleaseState } from '../../../src/domain/release/state.ts';
import type { Waiting } from '../../../src/domain/release/view.ts';

const command = (name: CommandName, more: Partial<Command> = {}): Command => ({
  name,
  requestId: 'r',
  who: 'ann',
  why: 'because',
  ...more,
});
const waiting = (what: Waiting['for']): Waiting => ({ for: what, answers: [], sinceMs: 0 });

/** What a release in this state usually waits for. */
const WAITS: Partial<Record<ReleaseState, Waiting>> = {
  'waiting-for-approval': waiting('approval'),
  'waiting-for-decision': waiting('promotion'),
  'waiting-for-window': waiting('window'),
  'failed-needs-human': waiting('human'),
};
const STOPPING: readonly ReleaseState[] = ['aborting', 'failed-needs-human'];

function standing(state: ReleaseState, more: Partial<Situation> = {}): Situation {
  const wait = WAITS[state];
  return {
    state,
    paused: false,
    stopping: isClosed(state) || STOPPING.includes(state),
    manualPromotion: true,
    step: 1,
    steps: 3,
    runIds: ['first', 'now'],
    ...(wait ? { waiting: wait } : {}),
    ...more,
  };
}

const PHASES = RELEASE_STATES.filter((state) => state !== 'paused');
/** Commands that act in a state, when it is not paused. Everything else is refused. */
const ACTS: Readonly<Record<Exclude<ReleaseState, 'paused'>, readonly CommandName[]>> = {
  preflight: ['pause', 'abort'],
  'waiting-for-approval': ['pause', 'abort', 'approve', 'reject'],
  'waiting-for-window': ['pause', 'promote', 'abort', 'override-windows'],
  starting: ['pause', 'promote', 'abort'],
  shifting: ['pause', 'promote', 'abort'],
  verifying: ['pause', 'promote', 'abort'],
  soaking: ['pause', 'promote', 'abort', 'skip-analysis'],
  judging: ['pause', 'promote', 'abort', 'skip-analysis'],
  'waiting-for-decision': ['pause', 'promote', 'abort', 'skip-analysis'],
  promoting: ['abort'],
  aborting: [],
  succeeded: [],
  'rolled-back': [],
  superseded: [],
  refused: [],
  'failed-needs-human': ['resume'],
};
const PAIRS = PHASES.flatMap((state) => COMMANDS.map((name) => ({ state, name, acts: ACTS[state].includes(name) })));

test.each(PAIRS)('$name while $state: $acts', ({ state, name, acts }) => {
  const refusal = refusalOf(command(name), standing(state));
  if (acts) expect(refusal).toBeUndefined();
  else expect(refusal).toEqual({ code: 'NOT_WAITING', message: expect.stringMatching(/release|promotion|resume/) });
});

const WHILE_PAUSED: readonly CommandName[] = ['resume', 'abort'];
test.each(COMMANDS)('%s while a soak is paused', (name) => {
  expect(refusalOf(command(name), standing('soaking', { paused: true })) === undefined).toBe(
    WHILE_PAUSED.includes(name),
  );
});

describe('what the table does not say', () => {
  test('an approval is taken while the release is paused: the clock holds the start', () => {
    expect(refusalOf(command('approve'), standing('waiting-for-approval', { paused: true }))).toBeUndefined();
  });

  test('skipping the analysis needs a reason that is more than blanks, whatever the state', () => {
    const blank = { why: '  ' };
    for (const state of PHASES)
      expect(refusalOf(command('skip-analysis', blank), standing(state))?.code).toBe('REASON_REQUIRED');
  });

  test('promote does not advance a step that failed or has no data', () => {
    const at = standing('waiting-for-decision', { waiting: waiting('decision'), verdict: 'fail' });
    expect(refusalOf(command('promote', { all: true }), at)).toEqual({
      code: 'VERDICT_NOT_PASSED',
      message: 'the step was judged fail; promote never advances an unjudged step',
    });
    expect(refusalOf(command('skip-analysis'), at)).toBeUndefined();
  });

  test('promote has no meaning where every pass advances, except for all', () => {
    const at = standing('soaking', { manualPromotion: false });
    expect(refusalOf(command('promote'), at)?.code).toBe('NOT_WAITING');
    expect(refusalOf(command('promote', { all: true }), at)).toBeUndefined();
  });

  test('nothing but resume acts once the release is stopping', () => {
    const acting = COMMANDS.filter((name) => !refusalOf(command(name), standing('soaking', { stopping: true })));
    expect(acting).toEqual([]);
  });
});

describe('a command for what its sender saw', () => {
  const at = standing('waiting-for-decision');

  test('acts at that step and run, under every id of the run', () => {
    for (const runId of ['first', 'now']) expect(refusalOf(command('promote', { step: 1, runId }), at)).toBeUndefined();
  });

  test('is refused at another step, with the step that is there now', () => {
    for (const name of ['promote', 'skip-analysis', 'pause'] as const)
      expect(refusalOf(command(name, { step: 0 }), at)).toEqual({
        code: 'STALE_COMMAND',
        message: 'the command is for step 1 (index 0); the release is at step 2 of 3 (index 1), waiting-for-decision',
      });
  });

  test('is refused in another run, an abort too', () => {
    expect(refusalOf(command('abort', { runId: 'before' }), at)).toMatchObject({
      code: 'STALE_COMMAND',
      message: expect.stringContaining('is now first'),
    });
  });

  test('an abort acts at every step of its run', () => {
    expect(refusalOf(command('abort', { step: 0, runId: 'first' }), at)).toBeUndefined();
  });
});

test('an abort that comes while a release ends says what has become of it', () => {
  expect(refusalOf(command('abort'), standing('promoting', { ending: 'succeeded' }))).toMatchObject({
    code: 'TOO_LATE',
    message: expect.stringContaining('stable one'),
  });
  expect(refusalOf(command('abort'), standing('aborting', { ending: 'rolled-back' }))).toMatchObject({
    code: 'RELEASE_CLOSED',
    message: expect.stringContaining('rolled-back'),
  });
});

describe('an approval where callers prove who they are, and nobody is named', () => {
  const at = standing('waiting-for-approval', { approvalByPerson: true });
  const sent = (kind: 'person' | 'agent' | 'machine') => ({
    sender: { identity: { kind, issuer: 'os', subject: 'ada', name: 'ada' }, onBehalfOf: osUser('ada') },
  });

  test('counts from a person', () => expect(refusalOf(command('approve', sent('person')), at)).toBeUndefined());
  test.each([
    ['an agent', sent('agent'), 'an approval counts from a person only, and os#ada is an agent'],
    ['a machine', sent('machine'), 'an approval counts from a person only, and os#ada is a machine'],
    ['nobody known', {}, 'it is not known who has sent this approval'],
  ])('does not count from %s', (_, from, message) =>
    expect(refusalOf(command('approve', from), at)).toEqual({ code: 'APPROVAL_NOT_COUNTED', message }),
  );
  test('is no condition of a rejection, and none where nobody proves who calls', () => {
    expect(refusalOf(command('reject', sent('agent')), at)).toBeUndefined();
    expect(refusalOf(command('approve', sent('agent')), standing('waiting-for-approval'))).toBeUndefined();
  });
});
