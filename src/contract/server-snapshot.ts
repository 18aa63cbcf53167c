import { z } from 'zod';
import { audienceText } from '../domain/servers/audience.ts';
import { masked } from '../domain/servers/masked.ts';
import { blueOf, SCOPES, TRANSPORTS, VERSION_STATUSES } from '../domain/servers/server.ts';
import type { HistoryEntry, RegisteredServer, ServerVersion } from '../domain/servers/server.ts';

// Every byte of an output schema is in every agent's context, so fields that explain themselves are not described.
const time = z.string();
const texts = z.record(z.string(), z.string());

const versionSnapshot = z.strictObject({
  version: z.string(),
  status: z.enum(VERSION_STATUSES),
  traffic: z.number(),
  audience: z.string().optional().describe('The only callers that may get it; traffic is a share of them.'),
  grace_ms: z
    .number()
    .optional()
    .describe('How long names of the former blue version can still be called; default a day.'),
  transport: z.enum(TRANSPORTS),
  command: z.string().optional(),
  args: z.array(z.string()).optional(),
  env: texts.optional(),
  url: z.string().optional(),
  headers: texts.optional(),
  health: z.enum(['healthy', 'unhealthy', 'unknown']),
  health_reason: z.string().optional(),
  open: z
    .strictObject({ sessions: z.number(), tasks: z.number(), requests: z.number() })
    .optional()
    .describe('At the gateways that answer.'),
  registered_at: time,
});

/** A server as every answer shows it. Values that may be secrets are hidden. */
export const serverSnapshot = z.strictObject({
  name: z.string(),
  scope: z.enum(SCOPES),
  revision: z.number(),
  blue: z.string().optional(),
  versions: z.array(versionSnapshot),
  release: z.string().optional().describe('The running release that alone changes it.'),
  last_rollback: z
    .strictObject({ from_version: z.string(), to_version: z.string(), at: time, reason: z.string().optional() })
    .optional(),
});
export type ServerSnapshot = z.output<typeof serverSnapshot>;

const change = z.strictObject({
  version: z.string(),
  status: z.string().optional(),
  traffic: z.string().optional(),
  health: z.string().optional(),
});

/** One change of a server, with its effect on each version as `from -> to`. */
export const historySnapshot = z.strictObject({
  revision: z.number(),
  at: time,
  who: z.string(),
  why: z.string().optional(),
  action: z.string(),
  version: z.string(),
  changes: z.array(change),
});
export type HistorySnapshot = z.output<typeof historySnapshot>;

export function toServerSnapshot(server: RegisteredServer): ServerSnapshot {
  const { name, scope, revision, versions, lastRollback, release } = server;
  const blue = blueOf(server)?.version;
  return {
    name,
    scope,
    revision,
    ...(blue === undefined ? {} : { blue }),
    versions: versions.map(toVersion),
    ...(release ? { release: release.owner.releaseId } : {}),
    ...(lastRollback
      ? {
          last_rollback: {
            from_version: lastRollback.fromVersion,
            to_version: lastRollback.toVersion,
            at: timeOf(lastRollback.timestamp),
            ...(lastRollback.reason === undefined ? {} : { reason: lastRollback.reason }),
          },
        }
      : {}),
  };
}

function toVersion(one: ServerVersion): ServerSnapshot['versions'][number] {
  const { transport, ...shown } = masked(one);
  return {
    version: one.version,
    status: one.status,
    traffic: one.traffic,
    ...(one.audience ? { audience: audienceText(one.audience) } : {}),
    ...(one.graceMs === undefined ? {} : { grace_ms: one.graceMs }),
    transport,
    ...('command' in shown ? { ...shown, args: [...shown.args], env: { ...shown.env } } : { ...shown }),
    health: one.health?.state ?? 'unknown',
    ...(one.health?.reason === undefined ? {} : { health_reason: one.health.reason }),
    registered_at: timeOf(one.registeredAt),
  };
}

export function toHistorySnapshot({ at, why, changes, ...entry }: HistoryEntry): HistorySnapshot {
  return {
    ...entry,
    at: timeOf(at),
    ...(why === undefined ? {} : { why }),
    changes: changes.map(({ version, status, traffic, health }) => ({
      version,
      ...(status ? { status: step(status) } : {}),
      ...(traffic ? { traffic: step(traffic) } : {}),
      ...(health ? { health: step(health) } : {}),
    })),
  };
}

/** A new version has no value before, and a removed one none afterwards. */
function step({ from, to }: { readonly from?: string | number; readonly to?: string | number }): string {
  return `${from ?? 'none'} -> ${to ?? 'none'}`;
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
