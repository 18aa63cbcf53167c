import { SluiceError } from '../domain/errors.ts';
import type { Command } from './command.ts';

/** The calls that an interface allows. */
export interface Gate {
  /** If false, commands that change something are neither listed nor run. */
  readonly allowWrite: boolean;
  /** If empty, all. */
  readonly toolsets: readonly string[];
}

/** The commands that an interface offers, in the catalogue's order. */
export function offered(catalogue: readonly Command[], { allowWrite, toolsets }: Gate): readonly Command[] {
  return catalogue.filter(
    ({ kind, toolset }) => (allowWrite || kind === 'read') && (toolsets.length === 0 || toolsets.includes(toolset)),
  );
}

/** Errors: WRITE_DISABLED. */
export function requireOffered(command: Command, { allowWrite }: Gate): void {
  if (command.kind === 'read' || allowWrite) return;
  throw new SluiceError('WRITE_DISABLED', `${command.name} changes something, and write tools are off on this server.`);
}
