import { describe, expect, test } from '@jest/globals';
import { EvidenceStore, type Checkpoints, type Held, type Watched } from '../../activities/evidence-store.ts';
import { concludes } from '../../src/domain/analysis/running-judge.ts';
import { CountedTraffic, type Traffic } from '../support/counted-traffic.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const SINCE = 1_700_000_000_000;
const WATCHED: Watched = {
  runId: 'run-1',
  services: { candidate: 'c', stable: 's' },
  sequential: { alpha: 0.05, errorsMargin: 0.01, slowMargin: 0.05 },
  since: SINCE,
  warmUpMs: 0,
  stepFrom: SINCE,
};
/** Nothing reaches the new version before the release; then a quarter does. */
const traffic = (changes: Partial<Traffic> = {}) =>
  new CountedTraffic({
    scrapeMs: 5_000,
    instances: ['t1', 't2'],
    from: SINCE - 2 * HOUR,
    rates: (service, at) => {
      if (service === 's') return { requests: at > SINCE ? 30 : 40, bad: at % 7 === 0 ? 1 : 0 };
      return at > SINCE ? { requests: 10, bad: at % 11 === 0 ? 1 : 0 } : { requests: 0, bad: 0 };
    },
    ...changes,
  });
/** What is known, without the moment until which it was read. */
const known = ({ readTo: _readTo, ...rest }: Held): unknown => JSON.parse(JSON.stringify(rest));

class MemoryCheckpoints implements Checkpoints {
  text: string | undefined;
  readonly read = async () => (this.text === undefined ? undefined : (JSON.parse(this.text) as Held));
  readonly write = async (_runId: string, held: Held) => void (this.text = JSON.stringify(held));
}

describe('evidence that is kept as it grows', () => {
  test('is the same however often it is looked at', async () => {
    const [often, once] = [new EvidenceStore(traffic()), new EvidenceStore(traffic())];
    let seen: Held | undefined;
    for (let at = SINCE + 1_000; at <= SINCE + 5 * MINUTE; at += 1_000) seen = (await often.look(WATCHED, at)).held;

    expect(known(seen as Held)).toEqual(known((await once.look(WATCHED, SINCE + 5 * MINUTE)).held));
    expect(seen?.judge?.blocks).toBe(2 * 60);
    expect(seen?.step.share).toMatchObject({ candidate: 2 * 3_000, total: 2 * 12_000 });
  });

  test('goes on from its checkpoint after the worker died, with the same verdict', async () => {
    const [checkpoints, source] = [new MemoryCheckpoints(), traffic()];
    const first = new EvidenceStore(source, checkpoints);
    for (let at = SINCE; at <= SINCE + 3 * MINUTE; at += 5_000) await first.look(WATCHED, at);
    const second = traffic();
    const resumed = await new EvidenceStore(second, checkpoints).look(WATCHED, SINCE + 10 * MINUTE);
    const whole = await new EvidenceStore(traffic()).look(WATCHED, SINCE + 10 * MINUTE);

    expect(known(resumed.held)).toEqual(known(whole.held));
    expect(Math.min(...second.asked.map(({ fromMs }) => fromMs))).toBeGreaterThan(SINCE + 2 * MINUTE);
  });

  test('of a source that keeps no past is kept at each look', async () => {
    const checkpoints = new MemoryCheckpoints();
    const source = Object.assign(traffic({ from: SINCE }), { withoutPast: true as const });
    const first = new EvidenceStore(source, checkpoints);
    for (let at = SINCE; at <= SINCE + 20_000; at += 1_000) await first.look(WATCHED, at);
    const begunAnew = traffic({ from: SINCE + 21_000 });
    const atWhole = { ...WATCHED, stepFrom: SINCE + 20_000, weight: 100 };
    const { held } = await new EvidenceStore(begunAnew, checkpoints).look(atWhole, SINCE + 60_000);

    expect(held.judge?.questions['errors']?.past).toMatchObject([{ requests: 2 * 20 * 30 }]);
  });

  test('is the same without a checkpoint: it is fetched again, in pages of ten minutes', async () => {
    const source = traffic();
    const { held } = await new EvidenceStore(source).look(WATCHED, SINCE + 3 * HOUR);
    const often = new EvidenceStore(traffic());
    let seen: Held | undefined;
    for (let at = SINCE; at <= SINCE + 3 * HOUR; at += 30_000) seen = (await often.look(WATCHED, at)).held;

    expect(known(held)).toEqual(known(seen as Held));
    for (const { fromMs, toMs } of source.asked) expect(toMs - fromMs).toBeLessThanOrEqual(10 * MINUTE + 5_000);
  });

  test('fetches only what is new', async () => {
    const source = traffic();
    const store = new EvidenceStore(source);
    await store.look(WATCHED, SINCE + HOUR);
    source.asked.length = 0;
    await store.look(WATCHED, SINCE + HOUR + 1_000);

    for (const { fromMs, toMs } of source.asked) expect(toMs - fromMs).toBeLessThanOrEqual(6_000);
  });

  test('goes on where it was when Prometheus is back', async () => {
    const [away, whole] = [traffic(), new EvidenceStore(traffic())];
    const store = new EvidenceStore(away);
    away.away = true;
    await expect(store.look(WATCHED, SINCE + MINUTE)).rejects.toThrow('away');
    away.away = false;
    await store.look(WATCHED, SINCE + 2 * MINUTE);
    away.away = true;
    await expect(store.look(WATCHED, SINCE + 4 * MINUTE)).rejects.toThrow('away');
    away.away = false;

    expect(known((await store.look(WATCHED, SINCE + 20 * MINUTE)).held)).toEqual(
      known((await whole.look(WATCHED, SINCE + 20 * MINUTE)).held),
    );
  });

  test('a new step begins its own counts, and the evidence goes on', async () => {
    const store = new EvidenceStore(traffic());
    await store.look(WATCHED, SINCE + 5 * MINUTE);
    const stepFrom = SINCE + 6 * MINUTE;
    const { held } = await store.look({ ...WATCHED, stepFrom }, SINCE + 7 * MINUTE);

    expect(held.step.totals['errors']?.candidate.requests).toBe(2 * 600);
    expect(held.judge?.blocks).toBe(2 * 12 * 7);
  });

  test('stays small: a day of scrapes every five seconds is a checkpoint of a few kilobytes', async () => {
    const checkpoints = new MemoryCheckpoints();
    const store = new EvidenceStore(traffic(), checkpoints);
    await store.look(WATCHED, SINCE);
    await store.look(WATCHED, SINCE + 24 * HOUR);

    expect(checkpoints.text?.length).toBeGreaterThan(1_000);
    expect(checkpoints.text?.length).toBeLessThan(64_000);
  });

  test('one Service with two versions one after the other: what it answered before is the past', async () => {
    const source = traffic({ rates: (_, at) => ({ requests: 40, bad: at > SINCE ? 20 : 1 }) });
    const watched = { ...WATCHED, services: { candidate: 's', stable: 's' }, weight: 100 };
    const { held } = await new EvidenceStore(source).look(watched, SINCE + MINUTE);

    expect(held.step.totals['errors']).toEqual({
      candidate: { requests: 2 * 60 * 40, bad: 2 * 60 * 20 },
      stable: { requests: 0, bad: 0 },
    });
    const past = held.judge?.questions['errors']?.past ?? [];
    expect(past.every(({ requests, bad }) => bad < requests / 20)).toBe(true);
    expect(held.judge && concludes(0.05, held.judge)).toBe('fail');
  });
});
