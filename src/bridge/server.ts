import { createHash } from 'node:crypto';
import type { ChildProcess } from 'node:child_process';
import { emptyServer, type RegisteredServer } from '../domain/servers/server.ts';
import { childWire } from '../gateway/child-wire.ts';
import { Gateway } from '../gateway/gateway.ts';
import { HEALTH } from '../gateway/health.ts';
import { started } from '../gateway/program.ts';
import { createSealer } from '../gateway/seal.ts';
import { ServerTable, type GatewayLog } from '../gateway/server-table.ts';
import { LIMITS } from '../gateway/upstream.ts';
import { WireUpstream } from '../gateway/wire-upstream.ts';
import type { BridgeOptions } from './options.ts';

/** The only version is that of the image. */
const VERSION = 'image';
/** A pod has a memory limit, and its probe asks every few seconds. */
const OWN_LIMITS = { ...LIMITS, processes: 32, idleMs: 10 * 60_000 };
/** A single answer or failure tells, because the probes of the pod count for themselves. A lost ping may be chance. */
const OWN_HEALTH = { ...HEALTH, everyMs: 5_000, timeoutMs: 3_000, unhealthyAfter: 2, healthyAfter: 1 };

/** A gateway in front of one command. What the command writes to stderr is written to `stderr`. */
export async function bridgeGateway(
  { name, program, callMs }: BridgeOptions,
  log: GatewayLog,
  stderr: { write(chunk: Buffer): unknown } = process.stderr,
): Promise<Gateway> {
  const limits = { ...OWN_LIMITS, silenceMs: callMs, handshakeMs: Math.min(LIMITS.handshakeMs, callMs) };
  const child = (): ChildProcess => {
    const process = started(program);
    process.stderr?.on('data', (chunk: Buffer) => stderr.write(chunk));
    return process;
  };
  return new Gateway({
    table: await ServerTable.follow(onlyServer(name, program.command), log),
    sealer: createSealer([bridgeKey(name)]),
    limits,
    health: OWN_HEALTH,
    recorded: 0,
    connect: () =>
      new WireUpstream((events) => childWire(child(), program.command, limits.messageBytes, events), limits, {
        resumable: true,
      }),
  });
}

function onlyServer(name: string, command: string) {
  const definition = { transport: 'stdio', command, args: [], env: {} } as const;
  const version = { ...definition, version: VERSION, status: 'blue', traffic: 100, registeredAt: 0 } as const;
  const server: RegisteredServer = { ...emptyServer(name, 'project'), revision: 1, versions: [version] };
  return { list: async () => [server], watch: () => () => undefined };
}

/**
 * Every pod of a service has this key, so each of them reads the session ids of the others. It is no secret: what
 * protects a session is the random part of its id.
 */
function bridgeKey(name: string): Buffer {
  return createHash('sha256').update(`sluice bridge ${name}`).digest();
}
