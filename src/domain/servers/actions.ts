import { SluiceError } from '../errors.ts';
import { followOrEnd } from '../release/target.ts';
import type { Audience } from './audience.ts';
import { commit, formerBlue, reasonOf } from './history.ts';
import { blueOf, type By, type Health, type RegisteredServer, type ServerVersion, type Upstream } from './server.ts';
import { withTraffic } from './traffic.ts';

/**
 * The changes of a server. Each returns the server with the next revision, or the same object if nothing differs.
 * While a release holds the server, it alone may change status and traffic: SERVER_HELD.
 * If a version is blue, the traffic of all versions adds up to exactly 100. If none is, no version has traffic.
 */

export interface Registration {
  readonly version: string;
  readonly upstream: Upstream;
  /** Whole percents. Default: 0, for a blue version what the former blue had. */
  readonly traffic?: number;
  /** The version becomes blue, and the former blue inactive. Default: it becomes green. */
  readonly blue?: boolean;
  /** The callers that it is for while it is not blue. Default: all. */
  readonly audience?: Audience;
  /** How long names of the blue version before it can still be called once it is blue, in ms. Default: a day. */
  readonly graceMs?: number;
}

/** Errors: SERVER_VERSION_EXISTS, and those of setTraffic. */
export function register(server: RegisteredServer, given: Registration, by: By): RegisteredServer {
  const { version, upstream, traffic, audience, graceMs, blue = false } = given;
  if (blue || traffic !== undefined) requireFree(server, by);
  if (server.versions.some((one) => one.version === version))
    throw new SluiceError('SERVER_VERSION_EXISTS', `${server.name} already has a version ${version}.`);
  const added = [
    ...server.versions,
    {
      ...{ version, status: 'green', traffic: 0, registeredAt: by.at, ...upstream },
      ...(audience ? { audience } : {}),
      ...(graceMs === undefined ? {} : { graceMs }),
    } satisfies ServerVersion,
  ];
  const switched = blue ? asBlue(added, version) : added;
  const shared = traffic === undefined ? switched : withTraffic(switched, version, traffic);
  return commit(server, { action: 'register', version }, shared, by);
}

/**
 * The version becomes blue and takes the traffic of the former blue, which becomes inactive. Other green versions keep
 * theirs. Errors: SERVER_NOT_FOUND, SERVER_VERSION_NOT_FOUND.
 */
export function promote(server: RegisteredServer, version: string, by: By): RegisteredServer {
  requireFree(server, by);
  versionOf(server, version);
  return commit(server, { action: 'promote', version }, asBlue(server.versions, version), by);
}

/**
 * A green version becomes inactive, and blue takes its traffic. If the version is blue itself, the version that was
 * blue before it becomes blue again. Errors: SERVER_NOT_FOUND, SERVER_VERSION_NOT_FOUND, SERVER_NO_BLUE.
 */
export function rollback(server: RegisteredServer, version: string, by: By): RegisteredServer {
  requireFree(server, by);
  const from = versionOf(server, version);
  const to = from.status === 'blue' ? formerBlue(server) : blueOf(server);
  if (!to) throw noWayBack(server, from);
  const why = reasonOf(by).why;
  const lastRollback = {
    fromVersion: version,
    toVersion: to.version,
    timestamp: by.at,
    ...(why === undefined ? {} : { reason: why }),
  };
  const versions = server.versions.map((one): ServerVersion => {
    if (one.version === version) return { ...one, status: 'inactive', traffic: 0 };
    return one.version === to.version ? { ...forAll(one), status: 'blue', traffic: one.traffic + from.traffic } : one;
  });
  return commit(server, { action: 'rollback', version, lastRollback }, versions, by);
}

/**
 * Sets the traffic of one version in whole percents and scales the others (traffic.ts).
 * Errors: SERVER_NOT_FOUND, SERVER_VERSION_NOT_FOUND, SERVER_TRAFFIC_INVALID, SERVER_NO_BLUE, SERVER_TRAFFIC_LEFT_OVER.
 */
export function setTraffic(server: RegisteredServer, version: string, percent: number, by: By): RegisteredServer {
  requireFree(server, by);
  versionOf(server, version);
  return commit(server, { action: 'traffic', version }, withTraffic(server.versions, version, percent), by);
}

/**
 * Removes a version without traffic that is not blue, or the only version of a server. The history stays.
 * Errors: SERVER_NOT_FOUND, SERVER_VERSION_NOT_FOUND, SERVER_VERSION_IN_USE.
 */
export function remove(server: RegisteredServer, version: string, by: By): RegisteredServer {
  requireFree(server, by);
  const { status, traffic } = versionOf(server, version);
  const used = status === 'blue' ? 'blue' : traffic > 0 ? `used by ${traffic} % of the callers` : undefined;
  if (used !== undefined && server.versions.length > 1)
    throw new SluiceError('SERVER_VERSION_IN_USE', `${server.name} ${version} is ${used}.`);
  const rest = server.versions.filter((one) => one.version !== version);
  return commit(server, { action: 'remove', version }, rest, by);
}

/** Errors: SERVER_NOT_FOUND, SERVER_VERSION_NOT_FOUND. A state that is already recorded changes nothing. */
export function reportHealth(
  server: RegisteredServer,
  version: string,
  health: Omit<Health, 'since'>,
  by: By,
): RegisteredServer {
  versionOf(server, version);
  const versions = server.versions.map((one) =>
    one.version === version ? { ...one, health: { ...health, since: by.at } } : one,
  );
  return commit(server, { action: 'health', version }, versions, by);
}

/** Errors: SERVER_NOT_FOUND for a server without versions, SERVER_VERSION_NOT_FOUND. */
export function versionOf({ name, versions }: RegisteredServer, version: string): ServerVersion {
  const found = versions.find((one) => one.version === version);
  if (found) return found;
  if (versions.length === 0) throw new SluiceError('SERVER_NOT_FOUND', `${name} has no registered version.`);
  const known = versions.map((one) => one.version);
  throw new SluiceError(
    'SERVER_VERSION_NOT_FOUND',
    `${name} has no version ${version}. Its versions are ${known.join(', ')}.`,
    { details: { versions: known } },
  );
}

/** Errors: SERVER_HELD. */
function requireFree({ name, release }: RegisteredServer, { releaseId }: By): void {
  if (!release || release.owner.releaseId === releaseId) return;
  const { owner, version } = release;
  const what = version === undefined ? '' : ` of version ${version}`;
  throw new SluiceError('SERVER_HELD', `${name} is held by the release ${owner.releaseId}${what}.`, {
    next: `${followOrEnd(owner.releaseId)} If its run has ended, call release_recover with release_id "${owner.releaseId}".`,
    details: { release_id: owner.releaseId, run_id: owner.runId },
  });
}

/** A blue version is for all callers. */
function asBlue(versions: readonly ServerVersion[], version: string): readonly ServerVersion[] {
  const others = versions.filter((one) => one.version !== version && one.status !== 'blue');
  const rest = 100 - others.reduce((sum, { traffic }) => sum + traffic, 0);
  return versions.map((one): ServerVersion => {
    if (one.version === version) return { ...forAll(one), status: 'blue', traffic: rest };
    return one.status === 'blue' ? { ...one, status: 'inactive', traffic: 0 } : one;
  });
}

function forAll({ audience: _, ...version }: ServerVersion): ServerVersion {
  return version;
}

/** A version that was rolled back was bad, so a later rollback does not return to it. */
function noWayBack({ name, versions }: RegisteredServer, { version, status }: ServerVersion): SluiceError {
  const others = versions.filter((one) => one.version !== version).map((one) => `${one.version} (${one.status})`);
  // With the name alone: the version of this call is the one to leave.
  const promote = `mcp_server_promote with name "${name}"`;
  const [why, next] =
    status === 'blue'
      ? [
          `${version} is blue itself, and its history has no earlier blue version; one that was rolled back does not count`,
          others.length > 0
            ? `To leave ${version}, call ${promote} and the version that is to be blue. Registered are ${others.join(', ')}.`
            : `To leave ${version}, register another version: call mcp_server_deploy with name "${name}". Then call ${promote} and that version.`,
        ]
      : ['no version is blue', `Call ${promote} and the version that is to be blue.`];
  return new SluiceError('SERVER_NO_BLUE', `${name} ${version} cannot be rolled back: ${why}.`, { next });
}
