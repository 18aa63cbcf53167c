import { expect, test } from '@jest/globals';
import { createJudge, type Judgement } from '../../activities/analysis.ts';
import { recordedJudge } from '../../activities/record-judgements.ts';
import type { Recorder } from '../../activities/recorder.ts';
import { toEntryRow } from '../../src/adapters/journal/rows.ts';
import { DEFAULT_ANALYSIS } from '../../src/domain/release/release-input.ts';
import type { RecordEntry } from '../../src/domain/release/record.ts';
import type { Scene } from '../../src/domain/release/scene.ts';
import type { Ports } from '../../src/ports/index.ts';
import { AT, PLAN, SPEC } from '../support/fake-gateway.ts';
import { FakeMetrics } from '../support/fake-metrics.ts';

const TEN_MINUTES_S = 600;
const MAX_BYTES = 100_000;

/** What the judge of a release writes in ten minutes, when two proxies are scraped and it looks every second. */
async function written(): Promise<readonly RecordEntry[]> {
  let now = AT;
  const metrics = new FakeMetrics(1_000);
  const flow = (service: string, instance: string, requestsPerSecond: number) => ({
    instance,
    service,
    requestsPerSecond,
    errorShare: 0.01,
    latencyMs: 20,
  });
  metrics.record(
    AT,
    ['traefik-0', 'traefik-1'].flatMap((one) => [
      flow(PLAN.stable.metricsService, one, 40),
      flow(PLAN.candidate.metricsService, one, 10),
    ]),
  );
  const entries = new Map<string, RecordEntry>();
  const recorder = { add: (more: readonly RecordEntry[]) => more.forEach((one) => entries.set(one.key, one)) };
  const ports = { evidence: metrics, now: () => now, split: {}, workload: {} } as unknown as Ports;
  const judge = recordedJudge(createJudge(ports), recorder as unknown as Recorder);
  const scene = {
    target: SPEC.target,
    strategy: 'canary',
    plan: PLAN,
    newHash: 'bbb',
    owner: { releaseId: 'release/prod/shop/web', runId: '0199e0a0-0000-7000-8000-000000000000', epoch: 1 },
  } as unknown as Scene;
  const input: Judgement = { scene, limits: DEFAULT_ANALYSIS, from: AT, since: AT, index: 0 };
  for (let second = 1; second <= TEN_MINUTES_S; second += 1) {
    now = AT + second * 1000;
    await judge(input);
  }
  return [...entries.values()];
}

const bytesOf = (entries: readonly RecordEntry[]): number =>
  entries.reduce((sum, one) => sum + toEntryRow(one).join('').length, 0);

test('what the judge writes in ten minutes with a scrape each second is at most 100 KB in the journal', async () => {
  const entries = await written();
  console.info(`${entries.length} entries, ${bytesOf(entries)} bytes`);
  expect(bytesOf(entries)).toBeLessThanOrEqual(MAX_BYTES);
});
