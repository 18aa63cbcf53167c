import { toFailure } from '../contract/failure.ts';
import type { CommandServices } from './command.ts';

/** The result of one check of `sluice doctor`. */
export interface Finding {
  readonly name: string;
  readonly state: 'ok' | 'missing' | 'skipped';
  readonly detail: string;
  /** The next action. */
  readonly next?: string;
}

export type CheckServices = Pick<
  CommandServices,
  'gateway' | 'ports' | 'preflight' | 'settings' | 'servers' | 'serverGateways' | 'news'
>;

export interface CheckedPlace {
  readonly cluster: string;
  readonly namespace: string;
}

const MOST_PLACES = 5;

type Found = Promise<Finding | readonly Finding[]>;

/** Checks of what a toolset needs from outside. A check changes nothing. It never throws: see `finding`. */
export interface DoctorChecks {
  /** They run only if the cluster answers and has the namespace. */
  readonly ofCluster?: readonly ((services: CheckServices, place: CheckedPlace) => Found)[];
  readonly ofProcess?: readonly ((services: CheckServices) => Found)[];
}

/**
 * Runs a check. An error of the check becomes its finding. No finding takes longer than 5 s, because everything below
 * is bounded.
 */
export async function finding(name: string, work: () => Promise<string | Finding>): Promise<Finding> {
  try {
    const found = await work();
    return typeof found === 'string' ? { name, state: 'ok', detail: found } : found;
  } catch (error) {
    const { message, next, code } = toFailure(error);
    return { name, state: 'missing', detail: code === 'INTERNAL' ? String(error).slice(0, 300) : message, next };
  }
}

/**
 * Whether the namespace has an object of one kind. `name`: plural, as in "Rollouts". `elsewhere`: the namespaces that
 * have one. It is asked only if this namespace has none, and may fail.
 */
export function objectsFinding(
  name: string,
  namespace: string,
  list: () => Promise<readonly unknown[]>,
  elsewhere: () => Promise<readonly string[]> = async () => [],
): Found {
  return finding(name, async () => {
    const found = await list();
    if (found.length > 0) return `${found.length} in ${namespace}`;
    const others = [...new Set(await elsewhere().catch(() => []))].toSorted().slice(0, MOST_PLACES);
    const there = `There are ${name} in ${others.join(', ')}: name a namespace with --namespace.`;
    return {
      name,
      state: 'missing',
      detail: `${namespace} has none`,
      next:
        others.length > 0 ? there : `Create a ${name.replace(/s$/, '')}, or name the right namespace with --namespace.`,
    };
  });
}
