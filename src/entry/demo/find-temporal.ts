import { dirname } from 'node:path';
import { loadTemporalSettings } from '../../config/temporal.ts';
import { SluiceError } from '../../domain/errors.ts';
import { createTemporalGateway } from '../../temporal/temporal-gateway.ts';
import type { Closers } from './closers.ts';
import { localTemporal, withoutTemporal } from './environment.ts';
import { startOwnTemporal } from './own-temporal.ts';

export interface FoundTemporal {
  /** The settings for the worker and the server. */
  readonly env: NodeJS.ProcessEnv;
  /** A description for people. */
  readonly where: string;
}

/** The server that Temporal's own settings name, if it answers. Otherwise it starts one and says so. */
export async function findTemporal(
  env: NodeJS.ProcessEnv,
  home: string,
  closers: Closers,
  say: (line: string) => void,
): Promise<FoundTemporal> {
  const { address } = await loadTemporalSettings();
  const problem = await probe();
  if (problem === undefined) return { env, where: address };
  say(`${problem} Starting a Temporal dev server here instead`);
  const own = await startOwnTemporal(home, say);
  closers.add('Temporal', () => own.stop());
  say(
    `Temporal runs at ${own.address}; its state is kept in ${own.file}${own.known ? ', from earlier starts too' : ''}`,
  );
  return {
    env: { ...withoutTemporal(env), ...localTemporal(own.address, dirname(own.file)) },
    where: `${own.address}, UI ${own.uiUrl}/namespaces/default/workflows`,
  };
}

/** Why the server cannot be used. Undefined when it can. Throws if the server answers with a refusal. */
async function probe(): Promise<string | undefined> {
  const gateway = createTemporalGateway({ temporal: loadTemporalSettings, taskQueue: 'sluice' });
  try {
    await gateway.probe();
    return undefined;
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'TEMPORAL_UNREACHABLE') return error.message;
    throw error;
  } finally {
    await gateway.close();
  }
}
