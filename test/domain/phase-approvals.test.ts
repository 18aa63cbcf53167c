import { expect, test } from '@jest/globals';
import { refusalOf, type Situation } from '../../src/domain/release/admission.ts';
import { osUser } from '../../src/domain/access/caller.ts';
import {
  approversOfStep,
  ballotsNow,
  misplaced,
  neverEnoughIn,
  type PhaseApprovers,
  type Voting,
} from '../../src/domain/release/phase-approvals.ts';

const by = ['ada', 'bob'].map((subject) => ({ issuer: 'os', subject }));
const step: PhaseApprovers = { phase: 'step', weights: [10, 25], by, count: 1 };
const promotion: PhaseApprovers = { phase: 'promotion', by, count: 2 };
const emergency: PhaseApprovers = { phase: 'emergency', by, count: 2 };
const steps = [10, 25, 50].map((weight) => ({ weight }));

test('a step has the approvers of its weight, and the last one those of the promotion', () => {
  const all = [emergency, step, promotion];
  expect([0, 1, 2].map((index) => approversOfStep(all, steps, index)?.phase)).toEqual(['step', 'step', 'promotion']);
  expect(approversOfStep([emergency], steps, 2)).toBeUndefined();
  expect(approversOfStep([{ ...step, weights: [50] }], steps, 2)).toBeUndefined();
  expect(approversOfStep(undefined, [], 0)).toBeUndefined();
});

test.each<[string, readonly PhaseApprovers[], readonly object[], string | undefined]>([
  ['fits', [step, promotion, emergency], steps, undefined],
  ['no such weight', [{ ...step, weights: [20] }], steps, 'weight 20 is no step of this release, which has 10, 25, 50'],
  [
    'the last weight',
    [{ ...step, weights: [50] }],
    steps,
    'after its last weight, 50, the version is promoted: name the phase promotion for it',
  ],
  [
    'Argo goes on',
    [step],
    [{ weight: 10, watched: { first: 0, last: 1 } }, { weight: 25 }, { weight: 50 }],
    'Argo goes on from weight 10 by itself, so no approval can hold the release there',
  ],
  ['Argo waits', [step], [{ weight: 10, watched: { first: 0, last: 1 }, pauseIndex: 1 }, ...steps.slice(1)], undefined],
])('approvals and the steps of a plan: %s', (_name, phases, planned, problem) => {
  expect(misplaced(phases, planned as typeof steps)).toBe(problem);
});

test('approvals that can never be given are named with their moment', () => {
  expect(neverEnoughIn([step, promotion], 'os#ada')).toBe(
    'before the promotion: 2 different people have to approve, and of those who are named only 1 can: os#bob; os#ada starts the release and does not count',
  );
  expect(neverEnoughIn([step, promotion], 'os#eve')).toBeUndefined();
});

const voting: Voting = {
  input: { spec: { approvals: [step, emergency], timeouts: { approvalMs: 1000 } } },
  plan: { steps },
  stepIndex: 1,
  votes: [],
};
const ada = { who: 'os#ada', name: 'ada' };

test('an approval of another step, and an agreement that is too old or for another command, does not count', () => {
  const waiting = { for: 'step-approval' };
  const votesOf = (more: Partial<Voting>) => ballotsNow({ ...voting, waiting, ...more }, 5_000);
  const given = { votes: [ada], approved: false };
  expect(votesOf({ stepVotes: { index: 1, ...given } }).ballot?.votes).toEqual([ada]);
  expect(votesOf({ stepVotes: { index: 0, ...given } }).ballot?.votes).toEqual([]);
  const agreed = { command: 'skip-analysis', index: 1, at: 4_500, votes: [ada] } as const;
  const votesFor = (of: object) =>
    votesOf({ emergencyVotes: { ...agreed, ...of } }).emergency?.['skip-analysis']?.votes;
  expect(votesFor({})).toEqual([ada]);
  expect(votesFor({ at: 3_000 })).toEqual([]);
  expect(votesFor({ index: 0 })).toEqual([]);
  expect(votesFor({ command: 'override-windows' })).toEqual([]);
});

test('a release without approvals of phases has no ballot of theirs', () => {
  const spec = { timeouts: { approvalMs: 1000 } };
  expect(ballotsNow({ ...voting, input: { spec } }, 0)).toEqual({});
  expect(ballotsNow({ ...voting, input: { spec: { ...spec, approvers: { by, count: 1 } } } }, 0)).toEqual({
    ballot: { by, count: 1, votes: [] },
  });
});

const held: Situation = {
  ...{ state: 'judging', paused: false, stopping: false, manualPromotion: false, step: 1, steps: 3, runIds: ['r'] },
  ...ballotsNow(voting, 0),
};
const command = { requestId: '1', who: 'cli:ada', sender: { identity: osUser('ada') }, why: 'x' } as const;

test.each([
  ['promote at a step that named people approve', { name: 'promote' }, {}, 'NOT_WAITING'],
  ['promote of all steps', { name: 'promote', all: true }, {}, undefined],
  ['a named person skips the analysis', { name: 'skip-analysis' }, {}, undefined],
  ['an agent skips it', { name: 'skip-analysis', sender: undefined }, {}, 'APPROVAL_NOT_COUNTED'],
  [
    'nobody is named for emergencies',
    { name: 'skip-analysis', sender: undefined },
    { emergency: undefined },
    undefined,
  ],
  ['an abort is never held', { name: 'abort', sender: undefined }, {}, undefined],
  [
    'a step that has passed is not skipped',
    { name: 'skip-analysis' },
    { state: 'waiting-for-decision', waiting: { for: 'step-approval', answers: ['approve'], sinceMs: 0 } },
    'NOT_WAITING',
  ],
])('%s', (_name, sent, more, code) => {
  expect(refusalOf({ ...command, ...sent } as never, { ...held, ...more } as never)?.code).toBe(code);
});
