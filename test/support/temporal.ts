import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { startTemporalOnly } from '../../sandbox/index.ts';
import { homeOf } from '../../sandbox/place.ts';
import { workflowBundle } from '../../src/entry/workflow-bundle.ts';

/** A real Temporal dev server with everything that a test needs to run workers on it. */
export interface TestTemporal {
  readonly client: Client;
  readonly address: string;
  readonly connection: NativeConnection;
  /** Path of the bundled workflow code. It is built once for one state of the sources. */
  readonly codePath: string;
  stop(): Promise<void>;
}

export async function startTestTemporal(): Promise<TestTemporal> {
  quietRuntime();
  const [server, codePath] = await Promise.all([startTemporalOnly(), workflowBundle(homeOf())]);
  const connection = await NativeConnection.connect({ address: server.address });
  const clientConnection = await Connection.connect({ address: server.address });
  const stop = async () => {
    await clientConnection.close();
    await connection.close().finally(() => server.stop());
    await Runtime.instance().shutdown();
  };
  const { address } = server;
  return { client: new Client({ connection: clientConnection }), address, connection, codePath, stop };
}

/** Discards warnings, because the failures that tests provoke would hide a real one. */
export function quietRuntime(): void {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: 'OFF', forward: {} } },
  });
}
