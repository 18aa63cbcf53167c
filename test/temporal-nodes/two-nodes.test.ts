import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Runtime } from '@temporalio/worker';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { acquireBinary } from '../../sandbox/index.ts';
import { homeOf } from '../../sandbox/place.ts';
import { registerAttributes } from '../../src/temporal/search-attributes.ts';
import { workflowBundle } from '../../src/entry/workflow-bundle.ts';
import { quietRuntime, type TestTemporal } from '../support/temporal.ts';
import { startTemporalNodes, type TemporalNode, type TemporalNodes } from '../support/temporal-nodes.ts';
import { TWO_STEPS, withRelease, type ReleaseUnderTest, type Scenario } from '../support/workflow-release.ts';

jest.setTimeout(600_000);

let servers: TemporalNodes;
let temporal: TestTemporal;

beforeAll(async () => {
  const { path: server } = await acquireBinary('temporal-server');
  const { path: sqlTool } = await acquireBinary('temporal-sql-tool');
  servers = await startTemporalNodes({ server, sqlTool });
  const { address } = servers;
  quietRuntime();
  const connection = await NativeConnection.connect({ address });
  const clientConnection = await Connection.connect({ address });
  const client = new Client({ connection: clientConnection });
  const stop = async () => {
    await clientConnection.close();
    await connection.close();
    await Runtime.instance().shutdown();
  };
  temporal = { client, address, connection, codePath: await workflowBundle(homeOf()), stop };
});
afterAll(async () => {
  await temporal?.stop();
  await servers?.stop();
});

const release = (scenario: Scenario, body: (one: ReleaseUnderTest) => Promise<void>) =>
  withRelease(temporal, { ...scenario, world: { steps: TWO_STEPS, ...scenario.world } }, body);

/** Kills the node while a release holds its first step. The release and its worker know only the common address. */
async function goesOnWithout(node: TemporalNode): Promise<void> {
  await release({ spec: { manualPromotion: true } }, async (one) => {
    await one.until((view) => view.waiting?.for === 'promotion');
    await node.kill();
    const killed = Date.now();

    expect(await patient(() => one.update('promote', { requestId: 'all', all: true }))).toMatchObject({
      command: 'promote',
    });
    const answered = Date.now() - killed;
    expect(await patient(() => one.ended())).toMatchObject({ state: 'succeeded' });

    expect(one.world.snapshot()).toMatchObject({ image: 'shop:v2', rolloutOwner: undefined });
    expect(one.world.violations).toEqual([]);
    process.stderr.write(`command answered ${answered} ms after the kill, release ended after ${since(killed)} ms\n`);
  });
}

const since = (at: number): number => Date.now() - at;

/** Repeats a call while the survivor takes over what the other node had. A command with the same id acts once. */
async function patient<T>(call: () => Promise<T>): Promise<T> {
  for (const end = Date.now() + 120_000; ; ) {
    try {
      return await call();
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}

test('the search attributes are registered on a server with an SQL store, and a second time nothing is', async () => {
  const { connection } = temporal.client;
  const first = await registerAttributes(connection as Connection, 'default');
  const again = await registerAttributes(connection as Connection, 'default');
  expect(first.registered.length).toBeGreaterThan(0);
  expect(again).toMatchObject({ registered: [], present: expect.arrayContaining([...first.registered]) });
});

test('a release goes on when one of two nodes is killed in its middle, and when the other one is', async () => {
  const [one, other] = servers.nodes;
  await goesOnWithout(one);
  one.start();
  await servers.answers(one);
  await goesOnWithout(other);
});

test('with one node left a release starts, is aborted, and goes back', async () => {
  await release({ spec: { manualPromotion: true } }, async (one) => {
    await one.until((view) => view.waiting?.for === 'promotion');
    expect(await patient(() => one.update('abort', { requestId: 'stop' }))).toMatchObject({ command: 'abort' });
    expect(await one.ended()).toMatchObject({ state: 'rolled-back' });
    expect(one.world.snapshot()).toMatchObject({ image: 'shop:v1', weight: 0 });
  });
});
