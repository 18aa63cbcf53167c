import type { CommandServices } from '../../src/commands/command.ts';
import { createClusterObjects } from '../../src/adapters/cluster-objects/index.ts';
import { portsOver } from '../../src/entry/ports.ts';
import { planRelease } from '../../src/strategies/index.ts';
import type { HelmPort } from '../../src/ports/helm.ts';
import type { ToolPorts } from '../../src/ports/index.ts';
import type { World, Worlds } from '../../src/ports/world.ts';
import { settingsWith } from './settings.ts';
import type { ReleaseGateway } from '../../src/temporal/gateway.ts';
import { DEFAULTS } from './fake-gateway.ts';
import { fakeSystems } from './fake-systems.ts';
import { TRAEFIK_PODS } from './fake-traefik.ts';
import type { FakeWorld } from './fake-world.ts';

/** The services of commands, with the real adapters over a fake world. Only the metrics and Temporal are fake. */
export function worldServices(
  world: Pick<FakeWorld, 'target' | 'clusters' | 'metrics' | 'now'>,
  gateway: ReleaseGateway,
  /** If absent, the program on PATH. */
  helm?: HelmPort,
): CommandServices {
  const adapters = portsOver(world.clusters, settingsWith({ traefikApiPods: TRAEFIK_PODS }));
  // A fake cluster has no controllers, so a write does not wait for them.
  const clusterObjects = createClusterObjects(world.clusters, { settleMs: 0 });
  const ports: ToolPorts = { ...adapters, ...(helm && { helm }), clusterObjects, now: () => world.now() };
  const one: World = {
    ...ports,
    evidence: world.metrics,
    cluster: { context: world.target.cluster, uid: 'uid-of-kube-system' },
  };
  const worlds: Worlds = { of: async () => one };
  return {
    gateway,
    ports,
    worlds,
    ...fakeSystems(),
    preflight: (spec) => planRelease(one, spec),
    clusters: {
      current: async () => world.target.cluster,
      all: async () => [world.target.cluster],
      same: async (name) => [name],
    },
    settings: DEFAULTS,
  };
}
