import { z } from 'zod';
import { ACTIONS, type ServerVersion } from '../domain/servers/server.ts';
import { VERSION_STATUSES } from '../domain/servers/server.ts';

// The file in which the versions of MCP servers are kept (docs/adr/0025).

export const SERVER_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
export const VERSION_LABEL = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/;

const name = z.string().regex(SERVER_NAME, 'must be letters, digits, dots, underscores and hyphens, at most 64');
const label = z.string().regex(VERSION_LABEL, 'must be letters, digits and . _ + -, at most 64');
const percent = z.int().min(0).max(100);
const time = z.int().min(0);
const status = z.enum(VERSION_STATUSES);
const healthState = z.enum(['healthy', 'unhealthy']);
const texts = z.record(z.string(), z.string());

const ofVersion = {
  version: label,
  status,
  traffic: percent,
  registeredAt: time,
  health: z.strictObject({ state: healthState, reason: z.string().optional(), since: time }).optional(),
  audience: z
    .strictObject({ by: z.enum(['header', 'claim']), name: z.string(), values: z.array(z.string()).min(1) })
    .optional(),
  graceMs: z.int().min(0).optional(),
};
const stdio = { command: z.string().min(1), args: z.array(z.string()), env: texts };
const remote = { url: z.url(), headers: texts };

const version = z.discriminatedUnion('transport', [
  z.strictObject({ ...ofVersion, transport: z.literal('stdio'), ...stdio }),
  z.strictObject({ ...ofVersion, transport: z.literal('sse'), ...remote }),
  z.strictObject({ ...ofVersion, transport: z.literal('streamable-http'), ...remote }),
]);

const difference = <S extends z.ZodType>(of: S) =>
  z.strictObject({ from: of.optional(), to: of.optional() }).optional();

const historyEntry = z.strictObject({
  revision: z.int().min(1),
  at: time,
  who: z.string(),
  why: z.string().optional(),
  action: z.enum(ACTIONS),
  version: label,
  changes: z.array(
    z.strictObject({
      version: label,
      status: difference(status),
      traffic: difference(percent),
      health: difference(healthState),
    }),
  ),
});

const rollback = z.strictObject({
  fromVersion: label,
  toVersion: label,
  timestamp: time,
  reason: z.string().optional(),
});

const hold = z.strictObject({
  owner: z.strictObject({
    releaseId: z.string(),
    runId: z.string(),
    temporal: z.string().optional(),
    cluster: z.string().optional(),
    epoch: time.optional(),
  }),
  version: label.optional(),
});

const server = z
  .strictObject({
    revision: z.int().min(1),
    versions: z.array(version),
    lastRollback: rollback.optional(),
    release: hold.optional(),
    history: z.array(historyEntry),
  })
  .refine(({ versions }) => isConsistent(versions), 'must have each version once, at most one blue, and 100 % in all');

/** One server in the file: what the domain knows, without its name and scope. */
export const serversFile = z.strictObject({
  schema: z.literal(1),
  servers: z.record(name, server),
  /** Entries of the clients' file that a migration has replaced. An undo brings them back. */
  originals: z.record(name, z.unknown()).optional(),
  /** The text of these entries in the file, with its comments. Absent in files of older versions. */
  original_texts: z.record(name, z.string()).optional(),
});
export type ServersFile = z.output<typeof serversFile>;

/** Each version is there once, at most one is blue, and the traffic adds up to 100 with a blue version, else to 0. */
function isConsistent(versions: readonly Pick<ServerVersion, 'version' | 'status' | 'traffic'>[]): boolean {
  const blue = versions.filter((one) => one.status === 'blue').length;
  const traffic = versions.reduce((sum, one) => sum + one.traffic, 0);
  const idle = versions.every((one) => one.status !== 'inactive' || one.traffic === 0);
  const once = new Set(versions.map((one) => one.version)).size === versions.length;
  return once && idle && blue <= 1 && traffic === blue * 100;
}
