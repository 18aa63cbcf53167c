import { MockActivityEnvironment } from '@temporalio/testing';
import { alive } from '../../activities/alive.ts';
import { analysisActivities, createJudge, type Judgement } from '../../activities/analysis.ts';
import { createEvidence } from '../../src/evidence/prometheus/evidence.ts';
import type { Ports } from '../../src/ports/index.ts';

const HOUR = 3_600_000;

/**
 * The longest time, in ms, between two heartbeats of any of `releases` releases that wait for a verdict in this
 * process. The activity, its judge and the client of Prometheus are real. Temporal's server is left out.
 */
export async function longestHeartbeatGap(
  url: string,
  { releases, seconds }: { readonly releases: number; readonly seconds: number },
): Promise<number> {
  const evidence = createEvidence({ url });
  // A verdict needs only evidence and a clock. The judgement contains no weight, so no weight is read.
  const ports = { evidence, now: Date.now } as unknown as Ports;
  const activities = alive(analysisActivities(createJudge(ports)));
  const since = Date.now() - HOUR;
  let longest = 0;
  const running = Array.from({ length: releases }, (_, index) => {
    const environment = new MockActivityEnvironment();
    let last = performance.now();
    environment.on('heartbeat', () => {
      const now = performance.now();
      longest = Math.max(longest, now - last);
      last = now;
    });
    const done = environment
      .run((input: Judgement) => activities.awaitVerdict(input), judgementOf(`held-${index}`, since))
      .catch(() => undefined);
    return { environment, done };
  });
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  for (const { environment } of running) environment.cancel();
  await Promise.all(running.map(({ done }) => done));
  return longest;
}

/** It is never decided: it needs more requests than will come. */
function judgementOf(runId: string, since: number): Judgement {
  const arm = (name: string) => ({ service: `web-${name}`, metricsService: `shop-web-${name}-80@kubernetescrd` });
  const target = { cluster: 'bench', namespace: 'shop', rollout: 'web' };
  const plan = { candidate: arm('canary'), stable: arm('stable'), traefikService: 'web', steps: [] };
  const scene = { target, plan, owner: { releaseId: 'release/bench/shop/web', runId } };
  const limits = {
    soakMs: 0,
    minRequests: Number.MAX_SAFE_INTEGER,
    holdMs: 0,
    sequential: { alpha: 0.05, errorsMargin: 0.01, slowMargin: 0.05 },
  };
  return { scene, limits, from: since, since } as unknown as Judgement;
}
