import { SluiceError } from '../domain/errors.ts';
import { parseReleaseId } from '../domain/release/target.ts';
import type { Command, CommandSettings } from './command.ts';

/** What a door lets through. */
export interface Gate {
  /** False: commands that change something are neither listed nor run. */
  readonly allowWrite: boolean;
  /** Empty: all. */
  readonly toolsets: readonly string[];
}

/** The commands that a door offers, in the catalogue's order. */
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

interface Placed {
  readonly namespace?: unknown;
  readonly target?: { readonly namespace?: unknown };
  readonly release_id?: unknown;
}

/**
 * Errors: NAMESPACE_NOT_ALLOWED for an input that names a namespace outside the allow list. A command whose namespace
 * may be
 * absent (a list) narrows itself with `isAllowed`.
 */
export function requireNamespace(input: Placed, settings: CommandSettings): void {
  const release = typeof input.release_id === 'string' ? parseReleaseId(input.release_id)?.namespace : undefined;
  const named = [input.namespace, input.target?.namespace, release].filter((name) => typeof name === 'string');
  const foreign = named.find((name) => !isAllowed(name, settings));
  if (foreign === undefined) return;
  throw new SluiceError(
    'NAMESPACE_NOT_ALLOWED',
    `Namespace ${foreign} is not on the allow list: ${settings.allowedNamespaces.join(', ')}.`,
  );
}

export function isAllowed(namespace: string, { allowedNamespaces }: CommandSettings): boolean {
  return allowedNamespaces.length === 0 || allowedNamespaces.includes(namespace);
}
