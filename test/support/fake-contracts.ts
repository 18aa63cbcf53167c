import { createHash } from 'node:crypto';
import { lockIn, textOf } from '../../src/adapters/contract-reader/lock-files.ts';
import { lockOf, type Contract, type ContractLock } from '../../src/domain/servers/contract/lock.ts';
import type { ContractsPort } from '../../src/ports/contract-reader.ts';

const NOTHING: Contract = { eras: ['2025'], capabilities: {}, tools: [], prompts: [], resources: [], templates: [] };

/** Contracts in memory. `offered`: what each version offers; without an entry, nothing. */
export function createFakeContracts(offered: Readonly<Record<string, Partial<Contract>>> = {}): ContractsPort {
  const kept = new Map<string, ContractLock>();
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
  return {
    read: async (of) => lockOf(of, { ...NOTHING, ...offered[of.version] }, sha256),
    save: async (lock) => {
      kept.set(`${lock.server}@${lock.version}`, lock);
      return `.mcp.locks/${lock.server}@${lock.version}.json`;
    },
    encoded: async (lock) => textOf(lock),
    decoded: async (file, text) => lockIn(file, text),
    find: async ({ server, version }) => kept.get(`${server}@${version}`),
  };
}
