import { finding, type Finding } from '../commands/doctor-check.ts';
import { serverAddress } from '../commands/server-address.ts';
import type { Settings } from '../config/schema.ts';
import { version } from '../config/version.ts';
import { plural } from '../domain/plural.ts';
import type { PollingWorker } from '../domain/worker-build.ts';
import type { ReleaseGateway } from '../temporal/gateway.ts';
import { buildName } from './workflow-bundle.ts';

const NAME = 'versions';
/** A server on the same machine answers at once, unless the machine is busy. */
const SERVER_MS = 3_000;

type Where = Pick<Settings, 'host' | 'mcpPort'>;

/** Whether the running server and the running workers have the version of this command. */
export function versionsCheck(settings: Where, { probe }: Pick<ReleaseGateway, 'probe'>): Promise<Finding> {
  return finding(NAME, async () => {
    const [server, workers, build] = await Promise.all([
      serverVersion(settings),
      probe().then(
        (found) => found.workers,
        () => undefined,
      ),
      buildName(),
    ]);
    return compared({ own: version(), build, server, workers, address: serverAddress(settings) });
  });
}

/** The version that the server at the address says. Undefined if none answers, empty if it says none. */
async function serverVersion(settings: Where): Promise<string | undefined> {
  try {
    const answer = await fetch(`${serverAddress(settings)}/healthz`, { signal: AbortSignal.timeout(SERVER_MS) });
    const { version: found } = Object(await answer.json()) as { readonly version?: unknown };
    return typeof found === 'string' ? found : '';
  } catch {
    return undefined;
  }
}

interface Versions {
  readonly own: string;
  readonly build: string;
  readonly server: string | undefined;
  /** Undefined: Temporal does not answer. */
  readonly workers: readonly PollingWorker[] | undefined;
  readonly address: string;
}

/** What differs from the version of this command, and what to do about it. */
export function compared({ own, build, server, workers, address }: Versions): Finding {
  const others = (workers ?? []).filter((one) => one.version !== own);
  const stray = others.filter((one) => one.build === '');
  const ownWorkers = (workers ?? []).length - others.length;
  const next = [
    ...(server !== undefined && server !== own ? [`Restart the server at ${address} with version ${own}.`] : []),
    ...(stray.length > 0
      ? [
          `Restart ${plural(stray.length, 'worker')} with version ${own}: without worker versioning each worker gets any task.`,
        ]
      : []),
    ...(stray.length === 0 && others.length > 0 && ownWorkers === 0
      ? [
          `Start a worker of version ${own} (sluice worker). Workers of other versions end the releases that they began.`,
        ]
      : []),
  ];
  const detail = [
    `this command is ${own} (build ${build})`,
    serverText(server, address),
    workersText(workers, own),
  ].join('; ');
  return next.length === 0
    ? { name: NAME, state: 'ok', detail }
    : { name: NAME, state: 'missing', detail, next: next.join(' ') };
}

function serverText(server: string | undefined, address: string): string {
  if (server === undefined) return `no server answers at ${address}`;
  return server === ''
    ? `what answers at ${address} does not say its version`
    : `the server at ${address} is ${server}`;
}

function workersText(workers: readonly PollingWorker[] | undefined, own: string): string {
  if (!workers) return 'the workers are known only when Temporal answers';
  if (workers.length === 0) return 'no worker has polled lately';
  const counts = new Map<string, number>();
  for (const { version: found = 'an unknown version', build } of workers) {
    const name = `${found}${build === '' ? '' : ` (build ${build})`}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const list = [...counts].map(([name, count]) => `${plural(count, 'worker')} of ${name}`).join(', ');
  const others = workers.some((one) => one.version !== own && one.build !== '');
  return others ? `${list}; a release ends on the build that began it` : list;
}
