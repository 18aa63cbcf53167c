import { ignoreFailure } from '../domain/errors.ts';
import { endedStreams, openConnections, openStreamsText } from '../domain/analysis/open-streams.ts';
import type { Arm } from '../domain/release/plan.ts';
import { inTime } from './in-time.ts';
import type { Move } from './move.ts';

/** Timeout of a read that only adds a sentence. The traffic is settled without it. */
const READ_MS = 2_000;

/** What is known of streams that stay on the version that lost its traffic. Undefined if nothing is. */
export async function openStreams(
  { world: { evidence, now }, scene }: Move,
  { service, metricsService }: Arm,
  version: string,
): Promise<string | undefined> {
  if (scene.plan.controllerOnly) return undefined;
  const valueOf = async (promql: string) => (await evidence.query(promql, now()))[0]?.value;
  const read = async () => {
    const [ended, connections] = await Promise.all([
      valueOf(endedStreams(metricsService, evidence.matchers)),
      valueOf(openConnections(evidence.matchers)),
    ]);
    return openStreamsText({ service, version }, { ended, connections });
  };
  return inTime(read().catch(ignoreFailure), READ_MS);
}
