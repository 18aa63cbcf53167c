import { expect, test } from '@jest/globals';
import { listedReleases } from '../../../src/toolsets/release/listed-releases.ts';
import type { ReleaseGateway, ReleaseSummary } from '../../../src/temporal/gateway.ts';
import { AT, createFakeGateway, fakeServices } from '../../support/fake-gateway.ts';
import { createFakeJournal } from '../../support/fake-journal.ts';
import { releaseEntry } from '../../support/journal-entries.ts';

const idOf = (cluster: string) => `release/${cluster}/shop/web`;

const summary = (cluster: string, runId: string, startedAt: number): ReleaseSummary => ({
  id: idOf(cluster),
  runId,
  state: 'soaking',
  strategy: 'canary',
  version: 'shop:v2',
  startedBy: 'cli:ada',
  startedAt,
});

/** Releases that were started under two names of one cluster, and one of another cluster. */
function services() {
  const summaries = [
    summary('prod', 'run-1', AT + 1),
    summary('prod-vpn', 'run-2', AT + 2),
    summary('staging', 'run-3', AT + 3),
  ];
  const gateway: ReleaseGateway = {
    ...createFakeGateway(),
    list: async ({ cluster, limit }) =>
      summaries.filter(({ id }) => cluster === undefined || id === idOf(cluster)).slice(0, limit),
  };
  const clusters = { ...fakeServices(gateway).clusters, same: async (name: string) => [name, 'prod-vpn'] };
  return { ...fakeServices(gateway), clusters, journal: createFakeJournal() };
}

test('the list of a cluster has the releases that were started under its other names', async () => {
  const found = services();
  await found.journal.append([
    releaseEntry('run-0', 1, { id: idOf('prod-vpn'), state: 'succeeded', closedAt: AT + 9 }),
  ]);

  const { releases, more } = await listedReleases(found, { cluster: 'prod', limit: 5 });

  expect(releases.map(({ runId }) => runId).toSorted()).toEqual(['run-0', 'run-1', 'run-2']);
  expect(more).toBe(false);
  expect((await listedReleases(found, { cluster: 'prod', limit: 1 })).more).toBe(true);
});
