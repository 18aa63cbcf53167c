import { trafficRef } from '../src/delivery/move.ts';
import type { Finding } from '../src/domain/analysis/verdict.ts';
import { cleanText } from '../src/domain/safe-text.ts';
import type { Scene } from '../src/domain/release/scene.ts';
import type { Ports } from '../src/ports/index.ts';

const MAX_REASON = 300;

/** A failure when the new version does not answer one of the proxies that check it. Their counters may lag behind. */
export async function healthFinding(split: Ports['split'], scene: Scene): Promise<Finding | undefined> {
  const { service } = scene.plan.candidate;
  const [first, ...more] = (await split.unhealthy?.(trafficRef(scene), service)) ?? [];
  if (!first) return undefined;
  const others = more.length === 0 ? '' : ` and at ${more.map(({ replica }) => replica).join(', ')}`;
  const reason = `health: ${service} is unhealthy at ${first.replica}${others}: ${cleanText(first.reason, MAX_REASON)}`;
  return { metric: 'health', outcome: 'fail', reason };
}
