import type { CommandContext } from './command.ts';

/** What is needed to read a resource. A watch has no caller. */
export type Scope = Pick<CommandContext, 'ports' | 'gateway' | 'clusters' | 'settings'>;

export interface Entry {
  readonly uri: string;
  readonly name: string;
  readonly description: string;
}

/** One sort of resource. Texts from clusters are cleaned here or by `shownJson`. */
export interface ResourceKind {
  readonly scheme: string;
  /** Names of the parts of an address, in order. */
  readonly variables: readonly string[];
  readonly title: string;
  readonly description: string;
  readonly mimeType: string;
  /** Those worth a look; not all that can be read. */
  list(scope: Scope): Promise<readonly Entry[]>;
  /** Values of a variable, given those before it. */
  complete(scope: Scope, variable: string, given: Readonly<Record<string, string>>): Promise<readonly string[]>;
  /** The namespace that an address lies in; undefined when it lies in none. */
  namespace?(parts: readonly string[]): string | undefined;
  read(context: CommandContext, parts: readonly string[]): Promise<string>;
  /** Calls `changed` when what `read` answers has changed. Absent: it never changes. Errors: those of the ports. */
  watch?(scope: Scope, parts: readonly string[], changed: () => void): Promise<() => void>;
}
