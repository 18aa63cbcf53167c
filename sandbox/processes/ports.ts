import { createServer } from 'node:net';
import type { Server } from 'node:net';

const FIRST_RANGE = 64;
const LAST_RANGE = 120;
// Below the kernel's ephemeral range (32768 and up), so that no outgoing connection takes a port between choice and
// use.
const FIRST_PORT = 17_000;
const PORTS_A_SANDBOX = 40;

export const PORT_NAMES = [
  'api-server',
  'traefik-1-web',
  'traefik-1-api',
  'traefik-2-web',
  'traefik-2-api',
  'prometheus',
  'temporal',
  'temporal-ui',
  'temporal-http',
  'temporal-metrics',
  'rollouts-metrics',
  'rollouts-health',
  'load',
  // Of add-ons. They are chosen at the start, while no part of the sandbox can hold one of them.
  'git',
  'source-artifacts',
  'source-controller-metrics',
  'source-controller-health',
  'kustomize-controller-metrics',
  'kustomize-controller-health',
  'registry',
  'kubelet',
  'kubelet-health',
] as const;

export const etcdAddress = (range: number): string => `127.${range}.255.253`;
export const ETCD_CLIENT_PORT = 2379;
export const ETCD_PEER_PORT = 2380;

function bind(port: number, host: string): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host, exclusive: true }, () => resolve(server));
  });
}

const close = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));

export async function isFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  const server = await bind(port, host);
  if (server) await close(server);
  return server !== undefined;
}

/**
 * A Service range that no running sandbox uses. etcd listens inside its range while the sandbox runs, so the bound port
 * is the claim, and the kernel removes the claim with the process.
 */
export async function chooseRange(from = FIRST_RANGE): Promise<number> {
  for (let range = from; range <= LAST_RANGE; range += 1) {
    if (await isFree(ETCD_CLIENT_PORT, etcdAddress(range))) return range;
  }
  throw new Error(
    `All of 127.${FIRST_RANGE}.0.0/16 to 127.${LAST_RANGE}.0.0/16 are in use. Stop a sandbox: sluice sandbox down --name <name>.`,
  );
}

/** Each range has a separate block of ports, so that two sandboxes that start together cannot choose the same ports. */
export async function choosePorts(
  range: number,
  names: readonly string[] = PORT_NAMES,
): Promise<Record<string, number>> {
  const first = FIRST_PORT + (range - FIRST_RANGE) * PORTS_A_SANDBOX;
  const chosen: Record<string, number> = {};
  let port = first;
  for (const name of names) {
    // Loopback can be free while another program holds the port on all addresses, so both are checked.
    while (port < first + PORTS_A_SANDBOX && !((await isFree(port)) && (await isFree(port, '0.0.0.0')))) port += 1;
    if (port >= first + PORTS_A_SANDBOX)
      throw new Error(
        `No free port for ${name} in ${first}-${first + PORTS_A_SANDBOX - 1}. Free some of them and try again.`,
      );
    chosen[name] = port;
    port += 1;
  }
  return chosen;
}

// First port of the blocks for other uses, above those of the ranges.
const FIRST_BLOCK = 20_000;
const PORTS_A_BLOCK = 8;
const BLOCKS = 1_500;

export interface ClaimedPorts {
  readonly ports: Record<string, number>;
  /** Releases the ports. Otherwise they are claimed until the process ends. */
  readonly release: () => Promise<void>;
}

/**
 * Ports for uses outside any range. The first port of a block stays bound while the others are used, so that only one
 * of several concurrent callers, in this process or another, gets the block. Throws when every block is taken.
 */
export async function claimPorts(names: readonly string[]): Promise<ClaimedPorts> {
  const start = Math.floor(Math.random() * BLOCKS);
  for (let tried = 0; tried < BLOCKS; tried += 1) {
    const claimed = await claimBlock(FIRST_BLOCK + ((start + tried) % BLOCKS) * PORTS_A_BLOCK, names);
    if (claimed) return claimed;
  }
  throw new Error(
    `No free ports for ${names.join(', ')} in ${FIRST_BLOCK}-${FIRST_BLOCK + BLOCKS * PORTS_A_BLOCK - 1}. Free some of them and try again.`,
  );
}

async function claimBlock(first: number, names: readonly string[]): Promise<ClaimedPorts | undefined> {
  const claim = await bind(first, '127.0.0.1');
  if (!claim) return undefined;
  const ports = Object.fromEntries(names.map((name, index) => [name, first + 1 + index]));
  const free = await Promise.all(
    Object.values(ports).map(async (port) => (await isFree(port)) && (await isFree(port, '0.0.0.0'))),
  );
  claim.unref();
  if (free.every(Boolean)) return { ports, release: () => close(claim) };
  await close(claim);
  return undefined;
}
