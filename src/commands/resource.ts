import type { CommandContext } from './command.ts';

/** What is needed to read a resource. A watch has no caller. */
export type Scope = Pick<CommandContext, 'ports' | 'gateway' | 'clusters' | 'settings'>;

export interface Entry {
  readonly uri: string;
  readonly name: string;
  readonly description: string;
}

/** One kind of resource. It, or `shownJson`, cleans texts from clusters. */
export interface ResourceKind {
  readonly scheme: string;
  /** Names of the parts of an address, in order. */
  readonly variables: readonly string[];
  readonly title: string;
  readonly description: string;
  readonly mimeType: string;
  /** The resources to list. Others can be read too. */
  list(scope: Scope): Promise<readonly Entry[]>;
  /** Values of a variable, given the values before it. */
  complete(scope: Scope, variable: string, given: Readonly<Record<string, string>>): Promise<readonly string[]>;
  /** The namespace of an address. Undefined when it has none. */
  namespace?(parts: readonly string[]): string | undefined;
  read(context: CommandContext, parts: readonly string[]): Promise<string>;
  /** Calls `changed` when the result of `read` has changed. If absent, it never changes. Errors: those of the ports. */
  watch?(scope: Scope, parts: readonly string[], changed: () => void): Promise<() => void>;
}
