import {
  Client,
  SdkError,
  SdkErrorCode,
  SSEClientTransport,
  StreamableHTTPClientTransport,
  type Transport,
} from '@modelcontextprotocol/client';
import { z } from 'zod';
import { SluiceError } from '../../domain/errors.ts';
import type { Contract, Json } from '../../domain/servers/contract/lock.ts';
import { resolved } from '../../domain/servers/references.ts';
import { limitedFetch } from './limited-fetch.ts';
import type { Upstream } from '../../domain/servers/server.ts';
import { ProgramTransport } from './program-transport.ts';

/** The eras that are tried: the revision of 2026, and those of 2025. The newest one that works is read. */
const ERAS = [
  ['2026', { pin: '2026-07-28' }],
  ['2025', 'legacy'],
] as const;
const MAX_PAGES = 100;
/** Bytes of one answer over HTTP. */
const MAX_MESSAGE = 16 * 1024 * 1024;

type Offer = Omit<Contract, 'eras'>;

/** A program over stdio may have to be fetched before it answers for the first time. */
const START_FACTOR = 6;

/**
 * `timeout`: milliseconds of each request. A program may take six times as long to start, once: one that has written no
 * message in that time has `timeout` for the other era, so that a mute one is known after seven times `timeout`.
 * Errors: SERVER_UNREACHABLE, SERVER_CONTRACT_INVALID.
 */
export async function readContract(upstream: Upstream, env: NodeJS.ProcessEnv, timeout: number): Promise<Contract> {
  const reached = resolved(upstream, env, missing);
  const offers: [string, Offer][] = [];
  let patience = reached.transport === 'stdio' ? timeout * START_FACTOR : timeout;
  let failure = '';
  for (const [era, mode] of ERAS) {
    const client = new Client({ name: 'sluice', version: '1' }, { versionNegotiation: { mode } });
    const transport = transportTo(reached);
    const program = transport instanceof ProgramTransport ? transport : undefined;
    try {
      await client.connect(transport, { timeout: patience });
      offers.push([era, await offerOf(client, timeout)]);
    } catch (error) {
      if (error instanceof SluiceError) throw error;
      // That a server refuses one era tells nothing. The last one that was tried tells why it answers in none.
      failure = reasonOf(error, program, patience);
    } finally {
      await client.close().catch(() => undefined);
      // The client forgets a transport that it could not connect.
      await transport.close().catch(() => undefined);
    }
    if (program?.failure !== undefined) break;
    if (program?.heard === false) patience = timeout;
  }
  const [newest] = offers;
  if (newest) return { eras: offers.map(([era]) => era).toSorted(), ...newest[1] };
  throw new SluiceError(
    'SERVER_UNREACHABLE',
    `The server answers in no protocol era, neither ${ERAS.map(([era]) => era).join(' nor ')}: ${failure}`,
  );
}

function reasonOf(error: unknown, program: ProgramTransport | undefined, patience: number): string {
  const said = error instanceof Error ? error.message : String(error);
  if (!program) return `${said}.`;
  if (program.failure !== undefined) return `${program.failure}. It was stopped. ${program.written}`;
  const late = error instanceof SdkError && error.code === SdkErrorCode.RequestTimeout;
  return `${late && !program.heard ? `It has written no message for ${patience / 1000} s` : said}. ${program.written}`;
}

function missing(_: string, variable: string): SluiceError {
  return new SluiceError('SERVER_UNREACHABLE', `The version refers to the variable ${variable}, which is not set.`, {
    next: `Set ${variable} in the environment of this process.`,
  });
}

function transportTo(upstream: Upstream): Transport {
  if (upstream.transport === 'stdio') return new ProgramTransport(upstream);
  const { url, headers } = upstream;
  const options = { requestInit: { headers }, fetch: limitedFetch(MAX_MESSAGE) };
  return upstream.transport === 'sse'
    ? new SSEClientTransport(new URL(url), options)
    : new StreamableHTTPClientTransport(new URL(url), options);
}

async function offerOf(client: Client, timeout: number): Promise<Offer> {
  const capabilities = (client.getServerCapabilities() ?? {}) as Json;
  const instructions = client.getInstructions();
  const list = (has: string, method: string, key: string): Promise<readonly Json[]> =>
    capabilities[has] === undefined ? Promise.resolve([]) : listAll(client, method, key, timeout);
  return {
    capabilities,
    ...(instructions === undefined ? {} : { instructions }),
    tools: await list('tools', 'tools/list', 'tools'),
    prompts: await list('prompts', 'prompts/list', 'prompts'),
    resources: await list('resources', 'resources/list', 'resources'),
    templates: await list('resources', 'resources/templates/list', 'resourceTemplates'),
  };
}

/** Every page of a list, with unknown fields. Errors: SERVER_CONTRACT_INVALID for a list without an end. */
async function listAll(client: Client, method: string, key: string, timeout: number): Promise<readonly Json[]> {
  const page = z.looseObject({ nextCursor: z.string().optional() });
  const items = z.array(z.record(z.string(), z.unknown()));
  const found: Json[] = [];
  let cursor: string | undefined;
  for (let count = 0; count < MAX_PAGES; count += 1) {
    const params = cursor === undefined ? {} : { cursor };
    const answer = await client.request({ method, params }, page, { timeout });
    found.push(...items.parse(answer[key]));
    cursor = answer.nextCursor;
    if (cursor === undefined) return found;
  }
  throw new SluiceError('SERVER_CONTRACT_INVALID', `${method} has more than ${MAX_PAGES} pages.`);
}
