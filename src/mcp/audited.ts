import { ProtocolError } from '@modelcontextprotocol/server';
import { whoOf } from '../commands/execute.ts';
import type { Caller } from '../domain/access/caller.ts';
import type { AuditTrail } from '../domain/audit.ts';
import { SluiceError } from '../domain/errors.ts';
import { cleanText, maskSecrets } from '../domain/safe-text.ts';
import { inSpan } from '../observability/tracing/spans.ts';

interface Read {
  readonly caller: Caller;
  /** The method of the protocol, e.g. `resources/read`. */
  readonly method: string;
  readonly arguments: Readonly<Record<string, string>>;
}

/** Runs a read that is not a tool call, as a span, and writes it to the audit log like one. */
export async function audited<T>(
  audit: AuditTrail,
  { caller, method, arguments: given }: Read,
  work: () => Promise<T>,
): Promise<T> {
  const started = Date.now();
  const record = (result: string, detail?: string) => {
    const safe = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [name, maskSecrets(cleanText(value))]),
    );
    const entry = {
      at: new Date(started).toISOString(),
      ...whoOf(caller),
      tool: method,
      kind: 'read' as const,
      arguments: safe,
      result,
      ms: Date.now() - started,
    };
    return audit.record(detail === undefined ? entry : { ...entry, detail: maskSecrets(cleanText(detail)) });
  };
  try {
    const answer = await inSpan(method, { kind: 'server', attributes: { 'mcp.method.name': method } }, work);
    await record('ok');
    return answer;
  } catch (error) {
    const code =
      error instanceof SluiceError ? error.code : error instanceof ProtocolError ? 'INVALID_INPUT' : 'INTERNAL';
    await record(code, error instanceof Error ? error.message : String(error));
    throw error;
  }
}
