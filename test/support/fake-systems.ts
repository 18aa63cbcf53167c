import { createWindows } from '../../src/adapters/windows/index.ts';
import type { CommandServices } from '../../src/commands/command.ts';
import { createFakeContracts } from './fake-contracts.ts';
import { createFakeDelivery } from './fake-delivery.ts';
import { createFakeJournal } from './fake-journal.ts';
import { createFakePackages } from './fake-packages.ts';
import { createFakePrograms } from './fake-programs.ts';
import { createFakePlans } from './fake-plans.ts';
import { createFakeServerGateways } from './fake-server-gateways.ts';
import { createFakeServers } from './fake-servers.ts';

/** The services of commands that have no part in a cluster or in Temporal, all in memory. */
export function fakeSystems() {
  return {
    journal: createFakeJournal(),
    plans: createFakePlans(),
    servers: createFakeServers(),
    serverGateways: createFakeServerGateways(),
    contracts: createFakeContracts(),
    packages: createFakePackages(),
    programs: createFakePrograms(),
    delivery: createFakeDelivery(),
    windows: createWindows([]),
    news: { receivers: async () => [] },
  } satisfies Partial<CommandServices>;
}
