import { join } from 'node:path';
import { SluiceError } from '../../domain/errors.ts';
import { lockOf, type Contract, type ContractLock } from '../../domain/servers/contract/lock.ts';
import type { ContractsPort, LockedVersion } from '../../ports/contract-reader.ts';
import { findLock, lockIn, saveLock, sha256, textOf } from './lock-files.ts';
import { readContract } from './read-contract.ts';

/** `folder`: that of the project; locks are in `.mcp.locks` of it. `timeout`: milliseconds of each request. */
export function createContracts(
  folder: string,
  { env = process.env, timeout = 10_000 }: { readonly env?: NodeJS.ProcessEnv; readonly timeout?: number } = {},
): ContractsPort {
  const locks = join(folder, '.mcp.locks');
  return {
    read: async (of, upstream) => locked(of, await readContract(upstream, env, timeout)),
    save: (lock) => saveLock(locks, lock),
    encoded: async (lock) => textOf(lock),
    decoded: async (file, text) => lockIn(file, text),
    find: async ({ server, version }) => findLock(locks, server, version),
  };
}

/** Errors: SERVER_CONTRACT_INVALID. */
function locked(of: LockedVersion, contract: Contract): ContractLock {
  try {
    return lockOf(of, contract, sha256);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new SluiceError('SERVER_CONTRACT_INVALID', `${of.server} ${of.version}: ${cause.message}`, { cause });
  }
}
