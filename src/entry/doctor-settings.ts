import { knownToken } from '../adapters/credentials/local-token.ts';
import { CATALOGUE } from '../toolsets/index.ts';
import { offered } from '../commands/gate.ts';
import { serverAddress } from '../commands/server-address.ts';
import { finding, type Finding } from '../commands/doctor-check.ts';
import type { Settings } from '../config/schema.ts';
import { createAudit } from '../observability/audit.ts';
import { createLog } from '../observability/log.ts';
import { journalCheck } from './doctor-journal.ts';
import { tokenPath } from './credential-paths.ts';
import { tracesCheck } from './doctor-traces.ts';
import { gateOf } from './gate.ts';

/** What the settings let servers offer, and whether calls and releases can be recorded. */
export function settingsChecks(settings: Settings): Promise<readonly Finding[]> {
  return Promise.all([auditCheck(settings), journalCheck(settings), tracesCheck(), toolsCheck(settings)]);
}

/** The log is opened for writing, and left as it is. */
function auditCheck({ home, auditLog, logLevel }: Settings): Promise<Finding> {
  return finding('audit log', async () => {
    await createAudit({ home, file: auditLog, log: createLog(logLevel) }).ready();
    return auditLog === 'stderr' ? 'goes to stderr' : `${auditLog} in ${home} can be written`;
  });
}

/** The settings of this command, and what the server at their address really offers. */
async function toolsCheck(settings: Settings): Promise<Finding> {
  const tools = offered(CATALOGUE, gateOf(settings));
  const sets = settings.toolsets.length > 0 ? settings.toolsets.join(', ') : 'all toolsets';
  const places =
    settings.allowedNamespaces.length > 0 ? `namespaces ${settings.allowedNamespaces.join(', ')}` : 'every namespace';
  const own = `with the settings of this command a server offers ${tools.length} of ${CATALOGUE.length} (${sets}; writing ${settings.mcpAllowWrite ? 'on' : 'off'}), in ${places}`;
  return { name: 'tools', state: 'ok', detail: `${own}; ${await runningServer(settings)}` };
}

async function runningServer(settings: Settings): Promise<string> {
  const { host, mcpPort } = settings;
  const address = serverAddress({ host, mcpPort });
  try {
    const answer = await fetch(`${address}/engine/v1/tools`, {
      signal: AbortSignal.timeout(SERVER_MS),
      headers: authorization(settings),
    });
    if (answer.status === 401) return `the server at ${address} does not accept the token of these settings`;
    const { tools } = toolsIn(await answer.text());
    return Array.isArray(tools)
      ? `the server at ${address} offers ${tools.length}`
      : `what answers at ${address} is no server of Sluice`;
  } catch (error) {
    return isTimeout(error)
      ? `the server at ${address} has not answered within ${SERVER_MS / 1000} s, so its tools are unknown`
      : `no server answers at ${address}`;
  }
}

function toolsIn(body: string): { readonly tools?: unknown } {
  try {
    return Object(JSON.parse(body)) as { readonly tools?: unknown };
  } catch {
    return {};
  }
}

const isTimeout = (error: unknown): boolean => error instanceof DOMException && error.name === 'TimeoutError';

/** Without a token file, no server was started with these settings, or it asks nobody. */
function authorization(settings: Settings): Record<string, string> {
  const token = knownToken(tokenPath(settings));
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

/** A server on the same machine answers at once, unless the machine is busy. */
const SERVER_MS = 5_000;
