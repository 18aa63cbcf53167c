import { CATALOGUE } from '../../toolsets/index.ts';
import { allowedReleases } from '../../commands/allowed-releases.ts';
import { isAllowed } from '../../commands/access.ts';
import { SETTING_KEYS, SETTINGS, type Settings } from '../../config/schema.ts';
import type { CliDeps } from '../deps.ts';
import type { Names } from './sources.ts';

export interface Lookup {
  readonly deps: CliDeps;
  readonly settings: Settings;
  /** The word under the cursor. */
  readonly current: string;
  readonly cluster: string | undefined;
}

type Services = Awaited<ReturnType<CliDeps['open']>>;

/** Names with a special meaning for the shell are not offered. */
const PLAIN_NAME = /^[\w./@:+=-]+$/;

/** Looks names up. Throws the errors of the systems. The caller limits the time. */
export async function namesOf(source: Names, lookup: Lookup): Promise<readonly string[]> {
  return (await LOOKUPS[source](lookup)).filter((name) => PLAIN_NAME.test(name));
}

const LOOKUPS: Readonly<Record<Names, (lookup: Lookup) => Promise<readonly string[]>>> = {
  tool: async () => CATALOGUE.map(({ name }) => name),
  setting: async () => SETTING_KEYS.map((key) => `${SETTINGS[key].env}=`),
  cluster: ({ deps, settings }) => deps.contexts(settings),
  release: (lookup) => opened(lookup, (services) => releases(services, lookup, true)),
  'any-release': (lookup) => opened(lookup, (services) => releases(services, lookup, false)),
  rollout: (lookup) =>
    opened(lookup, async (services) =>
      (await rollouts(services, lookup)).map(({ target }) => `${target.namespace}/${target.rollout}`),
    ),
  route: (lookup) => opened(lookup, (services) => routes(services, lookup)),
  namespace: (lookup) =>
    opened(lookup, async (services) =>
      unique((await rollouts(services, { ...lookup, current: '' })).map(({ target }) => target.namespace)),
    ),
};

async function opened<T>({ deps, settings }: Lookup, work: (services: Services) => Promise<T>): Promise<T> {
  const services = await deps.open(settings);
  try {
    return await work(services);
  } finally {
    await services.close();
  }
}

/** Commands are sent to running releases; an ended one can be read. The newest release of a target comes first. */
async function releases({ gateway }: Services, { settings }: Lookup, running: boolean): Promise<readonly string[]> {
  const found = await allowedReleases(settings, { limit: 100 }, (filter) => gateway.list(filter));
  const named = found.filter(({ closedAt }) => !running || closedAt === undefined);
  return unique(named.map(({ id }) => id.split('/').slice(-2).join('/')));
}

async function rollouts(services: Services, { settings, current, cluster }: Lookup) {
  const namespace = current.includes('/') ? (current.split('/')[0] ?? '') : undefined;
  const place = { cluster: cluster ?? (await services.clusters.current()), ...(namespace ? { namespace } : {}) };
  const found = await services.ports.rolloutObjects.list(place);
  return found.filter(({ target }) => isAllowed(target.namespace, settings));
}

/** The TraefikServices that Rollouts name. */
async function routes(services: Services, lookup: Lookup): Promise<readonly string[]> {
  const found = await rollouts(services, lookup);
  return unique(
    found.flatMap(({ target, traefikService }) => (traefikService ? [`${target.namespace}/${traefikService}`] : [])),
  );
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}
