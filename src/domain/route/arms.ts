export interface Pair {
  readonly stable: string;
  readonly canary: string;
}

/** What identifies the Services. `rollouts`: the two Services of each Rollout. */
export interface ArmHints {
  readonly named: Partial<Pair>;
  readonly rollouts: readonly Partial<Pair>[];
}

const ENDINGS = [
  ['-stable', '-canary'],
  ['-active', '-preview'],
] as const;

/**
 * Which two of the route's Services are stable and canary: by the caller's names, otherwise by a Rollout that uses
 * both, otherwise by their names. Undefined when none of these decides. The order in the list has no meaning.
 */
export function findPair(services: readonly string[], { named, rollouts }: ArmHints): Pair | undefined {
  if (named.stable !== undefined || named.canary !== undefined) return fromNamed(services, named);
  const owned = rollouts.find(
    ({ stable, canary }) =>
      stable !== undefined && canary !== undefined && services.includes(stable) && services.includes(canary),
  );
  if (owned?.stable !== undefined && owned.canary !== undefined) return { stable: owned.stable, canary: owned.canary };
  return fromEndings(services);
}

function fromNamed(services: readonly string[], { stable, canary }: Partial<Pair>): Pair | undefined {
  const other = (known: string | undefined) =>
    services.length === 2 ? services.find((service) => service !== known) : undefined;
  const [first, second] = [stable ?? other(canary), canary ?? other(stable)];
  const known =
    first !== undefined &&
    second !== undefined &&
    first !== second &&
    services.includes(first) &&
    services.includes(second);
  return known ? { stable: first, canary: second } : undefined;
}

function fromEndings(services: readonly string[]): Pair | undefined {
  for (const [stableEnd, canaryEnd] of ENDINGS) {
    const stable = services.filter((service) => service.endsWith(stableEnd));
    const canary = services.filter((service) => service.endsWith(canaryEnd));
    if (stable.length === 1 && canary.length === 1) return { stable: stable[0] ?? '', canary: canary[0] ?? '' };
  }
  return undefined;
}
