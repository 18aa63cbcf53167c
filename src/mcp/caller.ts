import type { ServerContext } from '@modelcontextprotocol/server';
import { callerWith, type Caller, type Principal } from '../domain/access/caller.ts';
import { cleanText } from '../domain/safe-text.ts';

const INFO = 'io.modelcontextprotocol/clientInfo';
const CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';

/** The data that a 2025 connection sent at `initialize`. */
export interface Session {
  readonly name: string | undefined;
  readonly elicits: boolean;
  /** Whom the credential of the connection or of the request proves. */
  readonly principal?: Principal;
}

/** The agent, as the client names itself, and whom its credential proves. */
export function callerOf(context: ServerContext, session: Session): Caller {
  const info = envelope(context)[INFO] as { name?: unknown } | undefined;
  const name = typeof info?.name === 'string' ? info.name : session.name;
  const client = cleanText(name ?? '', 60).replace(/[^\w.@/-]+/g, '-') || 'client';
  return callerWith(session.principal, { id: `mcp:${client}`, kind: 'mcp', client });
}

/** Whether the client can ask its user a question. */
export function canElicit(context: ServerContext, session: Session): boolean {
  const capabilities = envelope(context)[CAPABILITIES] as
    | { elicitation?: { form?: unknown; url?: unknown } }
    | undefined;
  if (!capabilities) return session.elicits;
  return formElicitation(capabilities.elicitation);
}

/** An empty capability means forms. A capability that names only URLs has no forms. */
export function formElicitation(capability: { form?: unknown; url?: unknown } | undefined): boolean {
  return capability !== undefined && (capability.form !== undefined || capability.url === undefined);
}

function envelope(context: ServerContext): Record<string, unknown> {
  return context.mcpReq.envelope ?? {};
}
