import { expect, test } from '@jest/globals';
import { osUser } from '../../../src/domain/access/caller.ts';
import type { CommandOutcome, Decision } from '../../../src/domain/release/command.ts';
import type { GuardState } from '../../../src/domain/release/guard.ts';
import type { RecordEntry } from '../../../src/domain/release/record.ts';
import type { JournalPort } from '../../../src/ports/journal.ts';
import { checkLinks, linksOf } from '../../support/audit-links.ts';
import { aDelivery } from '../../support/fake-deliveries.ts';
import { AT, PLAN } from '../../support/fake-gateway.ts';
import { eventEntry, releaseEntry } from '../../support/journal-entries.ts';

let runs = 0;
const aRun = () => `audited-${(runs += 1)}`;
const planWith = (weight: number) => ({ plan: { ...PLAN, steps: [{ weight }, { weight: 100 }] } });

function commandEntry(runId: string, decision: Decision): RecordEntry {
  const outcome = {
    requestId: 'request-1',
    command: 'approve',
    outcome: 'applied',
    detail: 'recorded',
    duplicate: false,
  };
  const of = { releaseId: 'release/prod/shop/web', runId, key: 'command/1', kind: 'command', at: AT + 4 } as const;
  return { ...of, data: { ...(outcome as CommandOutcome), decision } };
}

/** What every journal promises about the audit chain. */
export function auditContract(open: () => JournalPort): void {
  test('plan, decisions, execution and outcome are links of one chain, each once, also when they are written again', async () => {
    const runId = aRun();
    const [plan, changed] = [planWith(1), planWith(2)];
    const sender = { identity: osUser('ada'), groups: ['many'], via: 'http' } as const;
    const command = commandEntry(runId, { who: 'http:ada', why: 'looks good', sender, step: 0, asked: 'approval' });
    const outcome = releaseEntry(runId, 9, { ...changed, state: 'succeeded', closedAt: AT + 9 });
    const entries = [
      releaseEntry(runId, 1, { ...plan, state: 'waiting-for-approval' }),
      releaseEntry(runId, 2, { ...plan, state: 'waiting-for-approval' }),
      releaseEntry(runId, 3, { ...changed, state: 'waiting-for-approval' }),
      command,
      eventEntry(runId, 'event/1', AT + 5),
      eventEntry(runId, 'event/2', AT + 6),
      outcome,
    ];

    await open().append(entries);
    await Promise.all([open().append(entries), open().append(entries)]);
    // As the sweep writes the end of a run that another worker has written meanwhile.
    await open().append([{ ...outcome, key: 'release/swept' }]);

    const all = await linksOf(open());
    const mine = all.filter((link) => link.runId === runId);
    expect(mine.map(({ kind }) => kind)).toEqual(['proposed', 'proposed', 'approved', 'executed', 'outcome']);
    const data = mine.map((link) => JSON.parse(link.data) as Record<string, unknown>);
    expect(data[0]?.['plan']).toMatch(/^plan-[0-9a-f]{24}$/);
    expect(data[0]?.['plan']).not.toBe(data[1]?.['plan']);
    expect(data.slice(2).map((one) => one['plan'])).toEqual([1, 1, 1].map(() => data[1]?.['plan']));
    expect(data[2]).toMatchObject({
      ...{ command: 'approve', outcome: 'applied', who: 'http:ada', why: 'looks good', asked: 'approval', step: 1 },
      caller: { kind: 'person', issuer: 'os', subject: 'ada', via: 'http' },
    });
    expect(checkLinks(all)).toMatchObject({ entries: all.length, broken: [] });
  });

  test('a release that waits for nobody is proposed before it is executed, though its event is written first', async () => {
    const runId = aRun();
    await open().append([eventEntry(runId, 'event/1', AT + 2), releaseEntry(runId, 1, planWith(1))]);
    await open().append([eventEntry(runId, 'event/2', AT + 3), releaseEntry(runId, 2, planWith(1))]);

    const mine = (await linksOf(open())).filter((link) => link.runId === runId);
    expect(mine.map(({ kind }) => kind)).toEqual(['proposed', 'executed']);
    const plans = mine.map(({ data }) => (JSON.parse(data) as { plan?: string }).plan);
    expect(plans).toEqual([expect.stringMatching(/^plan-/), plans[0]]);
    expect(mine[0]?.at).toBeLessThanOrEqual(mine[1]?.at ?? 0);
  });

  test('a guard and a delivery have entries in the chain, each once', async () => {
    const [runId, delivered] = [aRun(), aRun()];
    const id = 'guard/prod/shop/web';
    const data = { id, reason: '', startedBy: 'cli:ada', toImage: 'shop:v2', fromImage: 'shop:v1', until: AT };
    const guard = (number: number, state: GuardState, more = {}): RecordEntry => ({
      ...{ releaseId: 'release/prod/shop/web', runId, key: `guard/${number}@guard`, kind: 'guard', at: AT + number },
      data: { ...data, autoRollback: true, state, ...more },
    });
    const view = aDelivery({ runId: delivered, state: 'cancelled', closedAt: AT + 3 });
    const cancel = { at: AT + 2, command: 'cancel', who: 'cli:ada', step: 'build' } as const;
    const delivery: RecordEntry = {
      ...{ releaseId: view.id, runId: delivered, key: 'delivery/2', kind: 'delivery', at: AT + 3 },
      data: { ...view, decisions: [cancel] },
    };

    await open().append([guard(1, 'guarding'), guard(2, 'rolling-back', { rollbackRunId: 'run-back' })]);
    await open().append([delivery]);
    await open().append([{ ...delivery, key: 'delivery/3' }]);

    const all = await linksOf(open());
    const of = (run: string) => all.filter((link) => link.runId === run);
    expect(of(runId).map(({ kind }) => kind)).toEqual(['proposed', 'executed', 'outcome']);
    expect(JSON.parse(of(runId)[2]?.data ?? '')).toMatchObject({ guard: id, rollback_run: 'run-back' });
    expect(of(delivered).map(({ kind, at }) => `${kind} ${at - AT}`)).toEqual([
      `proposed ${view.startedAt - AT}`,
      'commanded 2',
      'outcome 3',
    ]);
    expect(checkLinks(all).broken).toEqual([]);
  });

  test('the chain keeps what the retention removes, and several writers at once leave it whole', async () => {
    const runs = [1, 2, 3, 4].map(aRun);
    await Promise.all(runs.map((runId) => open().append([eventEntry(runId, 'event/1', 1)])));
    await open().prune(5);
    const all = await linksOf(open());
    expect(all.map(({ runId }) => runId)).toEqual(expect.arrayContaining(runs));
    expect(await open().read(runs[0] as string)).toEqual([]);
    expect(checkLinks(all).broken).toEqual([]);
  });
}
