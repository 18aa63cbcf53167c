import type { CommandServices } from '../../src/commands/command.ts';
import { portsOver } from '../../src/entry/ports.ts';
import { planRelease } from '../../src/strategies/index.ts';
import type { ToolPorts } from '../../src/ports/index.ts';
import type { ReleaseGateway } from '../../src/temporal/gateway.ts';
import { DEFAULTS } from './fake-gateway.ts';
import { createFakePlans } from './fake-plans.ts';
import { createFakeJournal } from './fake-journal.ts';
import { TRAEFIK_PODS } from './fake-traefik.ts';
import type { FakeWorld } from './fake-world.ts';

/** What commands use, with the real adapters over a fake world; only the metrics and Temporal are pretended. */
export function worldServices(
  world: Pick<FakeWorld, 'target' | 'clusters' | 'metrics' | 'now'>,
  gateway: ReleaseGateway,
): CommandServices {
  const adapters = portsOver(world.clusters, {
    prometheusUrl: undefined,
    traefikApiUrls: [],
    traefikApiPods: TRAEFIK_PODS,
    allowedNamespaces: [],
  });
  const ports: ToolPorts = { ...adapters, evidence: world.metrics, now: () => world.now() };
  return {
    gateway,
    ports,
    journal: createFakeJournal(),
    plans: createFakePlans(),
    preflight: (spec) => planRelease(ports, spec),
    clusters: { current: async () => world.target.cluster, all: async () => [world.target.cluster] },
    settings: DEFAULTS,
  };
}
