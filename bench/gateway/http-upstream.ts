import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server over Streamable HTTP that only opens sessions: the least that a gateway can have behind it. */
export async function startHttpUpstream(): Promise<{ url: string; close(): void }> {
  const result = { protocolVersion: '2025-06-18', capabilities: {}, serverInfo: { name: 'sessions', version: '1' } };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      const { id } = JSON.parse(Buffer.concat(chunks).toString() || '{}') as { id?: number };
      if (id === undefined) return void response.writeHead(202).end();
      const headers = { 'content-type': 'application/json', 'mcp-session-id': randomUUID() };
      response.writeHead(200, headers).end(JSON.stringify({ jsonrpc: '2.0', id, result }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/mcp`, close: () => (server.closeAllConnections(), server.close()) };
}
