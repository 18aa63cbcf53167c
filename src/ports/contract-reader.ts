import type { ContractLock } from '../domain/servers/contract/lock.ts';
import type { Upstream } from '../domain/servers/server.ts';

/** The version of a server whose contract is wanted. */
export interface LockedVersion {
  readonly server: string;
  readonly version: string;
}

/** Reads contracts of running servers, and keeps locks. */
export interface ContractsPort {
  /**
   * Starts or calls the server with a real client of each protocol era, and lists what it offers. Nothing is kept.
   * Errors: SERVER_UNREACHABLE, SERVER_CONTRACT_INVALID.
   */
  read(of: LockedVersion, upstream: Upstream): Promise<ContractLock>;
  /** Replaces the lock of a version. Returns its file. Errors: SERVER_FILE_UNAVAILABLE. */
  save(lock: ContractLock): Promise<string>;
  /** Undefined if the version has no lock. Errors: SERVER_FILE_INVALID, SERVER_FILE_UNAVAILABLE. */
  find(of: LockedVersion): Promise<ContractLock | undefined>;
  /** The text of a lock, as a file has it. */
  encoded(lock: ContractLock): Promise<string>;
  /** The lock of a text. `file`: for the sentence of the error. Errors: SERVER_FILE_INVALID. */
  decoded(file: string, text: string): Promise<ContractLock>;
}
