import type { TemporalSettings } from '../config/temporal.ts';
import { createLink } from './connection.ts';
import type { ReleaseGateway } from './gateway.ts';
import { countPollers } from './pollers.ts';
import { getRelease } from './get-release.ts';
import { listReleases } from './list-releases.ts';
import { sendToRelease } from './send-to-release.ts';
import { admit, startRelease } from './start-release.ts';

export interface GatewayOptions {
  readonly temporal: () => Promise<TemporalSettings>;
  readonly taskQueue: string;
}

/** The gateway on a real Temporal server. Connects at the first call. */
export function createTemporalGateway({ temporal, taskQueue }: GatewayOptions): ReleaseGateway {
  const link = createLink(temporal);
  return {
    async probe() {
      const { address, namespace } = await link.settings();
      return { address, namespace, pollers: await countPollers(link, taskQueue) };
    },
    admit: (id, requestId) => admit(link, id, requestId),
    start: (input) => startRelease(link, taskQueue, input),
    command: (id, command, waitMs) => sendToRelease(link, taskQueue, id, command, waitMs),
    get: (id, runId) => getRelease(link, taskQueue, id, runId),
    list: (filter) => listReleases(link, filter),
    close: () => link.close(),
  };
}
