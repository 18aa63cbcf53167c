import type { Command as Cli } from 'commander';

/** Values that only the cluster, Temporal or the catalogue knows. */
export type Names = 'release' | 'any-release' | 'rollout' | 'route' | 'namespace' | 'cluster' | 'tool' | 'setting';

/** The source of values: a fixed list, or names that are looked up. */
export type Source = Names | readonly string[];

/** Flags with the same meaning in every command. */
const EVERYWHERE: Readonly<Record<string, Source>> = { namespace: 'namespace', cluster: 'cluster', set: 'setting' };

const args = new WeakMap<Cli, Map<number, Source>>();
const options = new WeakMap<Cli, Map<string, Source>>();

/** The values of a command's argument and flags. */
export const complete = {
  argument(cli: Cli, source: Source, index = 0): void {
    const known = args.get(cli) ?? new Map<number, Source>();
    args.set(cli, known.set(index, source));
  },
  option(cli: Cli, name: string, source: Source): void {
    const known = options.get(cli) ?? new Map<string, Source>();
    options.set(cli, known.set(name, source));
  },
};

/** The values of an argument of a command, by its index. */
export function argumentSource(cli: Cli, index: number): Source | undefined {
  return args.get(cli)?.get(index);
}

/** The values of a flag, by its long name without the dashes. */
export function optionSource(cli: Cli, name: string): Source | undefined {
  return options.get(cli)?.get(name) ?? EVERYWHERE[name];
}
