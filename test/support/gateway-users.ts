import { connect, type Era } from './mcp-clients.ts';

export interface Seen {
  calls: number;
  /** Calls that no version answered. */
  readonly failures: string[];
}

export type ToolCall = readonly [name: string, args: Record<string, unknown>];

/** Connects anew and calls, again and again, until `ended`. `turns`: calls of each connection. */
export async function useUntil(era: Era, url: string, tool: ToolCall, ended: () => boolean, turns = 3): Promise<Seen> {
  const seen: Seen = { calls: 0, failures: [] };
  while (!ended()) {
    const client = await connect(era, { url }).catch((error: Error) => error.message);
    if (typeof client === 'string') {
      seen.failures.push(client);
      continue;
    }
    for (let turn = 0; turn < turns && !ended(); turn += 1) {
      seen.calls += 1;
      const failed = await client.callTool(...tool).then(
        ({ isError, content }) => (isError === true ? `isError: ${content[0]?.text ?? ''}` : undefined),
        (error: Error) => error.message,
      );
      if (failed !== undefined) seen.failures.push(failed);
    }
    await client.close();
  }
  return seen;
}
