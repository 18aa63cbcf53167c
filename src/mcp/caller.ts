import type { ServerContext } from '@modelcontextprotocol/server';
import type { Caller } from '../commands/command.ts';
import { cleanText } from '../domain/safe-text.ts';

const INFO = 'io.modelcontextprotocol/clientInfo';
const CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';

/** The data that a 2025 connection sent at `initialize`. */
export interface Session {
  readonly name: string | undefined;
  readonly elicits: boolean;
}

/** The caller, as the client names itself. It is for the record and is not an identity. */
export function callerOf(context: ServerContext, session: Session): Caller {
  const info = envelope(context)[INFO] as { name?: unknown } | undefined;
  const name = typeof info?.name === 'string' ? info.name : session.name;
  const plain = cleanText(name ?? '', 60).replace(/[^\w.@/-]+/g, '-');
  return { id: `mcp:${plain || 'client'}`, kind: 'mcp' };
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
