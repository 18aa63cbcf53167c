import { afterAll, expect, jest, test } from '@jest/globals';
import { osUser } from '../../src/domain/access/caller.ts';
import { startTestTemporal } from '../support/temporal.ts';
import { TEST_MS, withRelease, type ReleaseUnderTest, type Scenario } from '../support/workflow-release.ts';

jest.setTimeout(TEST_MS);
const temporal = await startTestTemporal();
afterAll(() => temporal.stop());
const release = (scenario: Scenario, body: (release: ReleaseUnderTest) => Promise<void>) => () =>
  withRelease(temporal, scenario, body);

const people = ['ada', 'bob', 'eve'].map((subject) => ({ issuer: 'os', subject }));
const spec = { approval: true, approvers: { by: people, count: 2 } };
const by = (name: string) => ({ who: `cli:${name}`, sender: { identity: osUser(name) } });
interface Link {
  readonly kind: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What the audit chain says about the release, once its end is there. */
async function auditOf(one: ReleaseUnderTest): Promise<readonly Link[]> {
  await one.recorder.flush();
  return (await one.journal.audit(0)).map(({ kind, data }) => ({ kind, data: JSON.parse(data) as Link['data'] }));
}

const AGENT = { kind: 'agent', issuer: 'client', subject: 'claude', name: 'claude' } as const;

test.concurrent(
  'two named people approve, and no agent for one of them, no stranger and nobody twice',
  release({ record: 'approved-by-two-audited', spec }, async (one) => {
    await one.until('waiting-for-approval');
    await expect(
      one.update('approve', { who: 'mcp:claude@ada', sender: { identity: AGENT, onBehalfOf: osUser('ada') } }),
    ).rejects.toMatchObject({ cause: { type: 'APPROVAL_NOT_COUNTED' } });
    await expect(one.update('approve', by('zoe'))).rejects.toMatchObject({
      cause: { message: expect.stringMatching(/^os#zoe is not among those who may approve/) },
    });
    expect(await one.update('approve', by('ada'))).toMatchObject({
      outcome: 'accepted',
      detail: 'recorded: 1 of 2 approvals',
    });
    expect(await one.view()).toMatchObject({
      state: 'waiting-for-approval',
      reason: 'waiting for approval: 1 of 2, given by ada; may approve: os#ada, os#bob, os#eve',
    });
    await expect(one.update('approve', by('ada'))).rejects.toMatchObject({
      cause: { message: 'os#ada has approved already' },
    });
    expect(one.world.snapshot().image).toBe('shop:v1');
    expect(await one.update('approve', by('bob'))).toMatchObject({ outcome: 'applied' });
    expect(await one.ended()).toMatchObject({ state: 'succeeded' });
    expect(one.world.snapshot().image).toBe('shop:v2');

    const links = await auditOf(one);
    expect(links.map(({ kind }) => kind)).toEqual(['proposed', 'approved', 'approved', 'executed', 'outcome']);
    expect(new Set(links.map(({ data }) => data['plan'])).size).toBe(1);
    expect(links[0]?.data).toMatchObject({ plan: expect.stringMatching(/^plan-/), who: 'tester', approval: true });
    expect(links.slice(1, 3).map(({ data }) => data)).toMatchObject(
      ['ada', 'bob'].map((subject) => ({
        ...{ command: 'approve', who: `cli:${subject}`, asked: 'approval' },
        caller: { kind: 'person', issuer: 'os', subject },
      })),
    );
    expect(links.at(-1)?.data).toMatchObject({ state: 'succeeded' });
    // What clients see of commands stays as it was.
    expect((await one.view()).commands[0]).not.toHaveProperty('decision');
  }),
);

test.concurrent(
  'a signal without a sender is recorded as refused, and one rejection ends the release',
  release({ spec }, async (one) => {
    await one.until('waiting-for-approval');
    await one.signal('approve', { who: 'somebody' });
    await one.update('approve', by('ada'));
    const view = await one.view();
    expect(view.commands[0]).toMatchObject({
      outcome: 'refused',
      detail: 'it is not known who has sent this approval',
    });
    await one.update('reject', by('ada'));
    expect(await one.ended()).toEqual({ state: 'refused', reason: 'rejected by cli:ada' });
    await expect(one.update('approve', by('bob'))).rejects.toThrow();
    expect(one.world.snapshot()).toMatchObject({ image: 'shop:v1', rolloutOwner: undefined });
  }),
);

test.concurrent(
  'a plan that has changed while it waited voids the approvals, and is asked about again',
  release({ record: 'approval-void', spec: { ...spec, approvers: { by: people, count: 1 } } }, async (one) => {
    await one.until('waiting-for-approval');
    one.world.replaceSteps([20, 40]);
    await one.update('approve', by('ada'));
    const asked = await one.until((view) => view.plan?.steps[0]?.weight === 20 && view.waiting !== undefined);
    expect(asked.reason).toMatch(/^waiting for approval: 0 of 1; /);
    expect(asked.events.map(({ text }) => text)).toContain(
      'the plan has changed while the release waited (steps): the approvals of ada are void',
    );
    expect(one.world.snapshot().image).toBe('shop:v1');
    await one.update('approve', by('ada'));
    expect(await one.ended()).toMatchObject({ state: 'succeeded' });

    const links = await auditOf(one);
    expect(links.map(({ kind }) => kind)).toEqual([
      'proposed',
      'approved',
      'proposed',
      'approved',
      'executed',
      'outcome',
    ]);
    const plans = links.map(({ data }) => data['plan']);
    expect(plans).toEqual([plans[0], plans[0], plans[2], plans[2], plans[2], plans[2]]);
    expect(plans[0]).not.toBe(plans[2]);
  }),
);

test.concurrent(
  'who has started the release does not approve it',
  release({ spec, prepare: (one) => Object.assign(one.input, { starter: 'os#ada' }) }, async (one) => {
    await one.until('waiting-for-approval');
    await expect(one.update('approve', by('ada'))).rejects.toMatchObject({
      cause: { message: expect.stringMatching(/^os#ada has started this release/) },
    });
    await one.update('abort');
    expect(await one.ended()).toMatchObject({ state: 'refused' });
  }),
);

test.concurrent(
  'where callers prove who they are, an agent does not approve, and a person does',
  release({ spec: { approval: true, approvalByPerson: true } }, async (one) => {
    await one.until('waiting-for-approval');
    await expect(
      one.update('approve', { who: 'mcp:claude@ada', sender: { identity: AGENT, onBehalfOf: osUser('ada') } }),
    ).rejects.toMatchObject({ cause: { type: 'APPROVAL_NOT_COUNTED' } });
    await one.signal('approve', { who: 'somebody' });
    expect(await one.view()).toMatchObject({ state: 'waiting-for-approval', commands: [{ outcome: 'refused' }] });
    expect(await one.update('approve', by('zoe'))).toMatchObject({ outcome: 'applied' });
    expect(await one.ended()).toMatchObject({ state: 'succeeded' });
    expect((await auditOf(one)).map(({ kind }) => kind)).toEqual([
      'proposed',
      'commanded',
      'approved',
      'executed',
      'outcome',
    ]);
  }),
);
