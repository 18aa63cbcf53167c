#!/usr/bin/env bash
# Finding: A server can answer tools/call of 2026-07-28 with the handle of a task (SEP-2663), from a handler of its own.
#   The server SDK adds an empty `content` to it. The client SDK of the same version throws the handle away and reports
#   an error of the protocol, although it named the extension in its capabilities. The task runs, and its caller does
#   not know its id. A caller that repeats the call starts the work twice.
# Packages: @modelcontextprotocol/server 2.4.0, @modelcontextprotocol/client 2.4.0 (npm)
# Needs: bash, Node 20 or newer, npm. It takes about 10 s.
# Seen:
#   on the wire: task t1, content []
#   in the client: error "Unsupported result type 'task' for tools/call"
#   calls of the client that reached the tool: 1
set -euo pipefail
self=$(realpath "$0")
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$work"' EXIT
cd "$work"

npm install --silent --no-audit --no-fund @modelcontextprotocol/server@2.4.0 @modelcontextprotocol/client@2.4.0

cat >main.mjs <<'JS'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';

const TASKS = 'io.modelcontextprotocol/tasks';
const task = { resultType: 'task', taskId: 't1', status: 'working', ttlMs: null };
const times = { createdAt: '2026-11-30T00:00:00Z', lastUpdatedAt: '2026-11-30T00:00:00Z' };
let started = 0;
const handler = createMcpHandler(() => {
  const capabilities = { tools: {}, extensions: { [TASKS]: {} } };
  const mcp = new McpServer({ name: 'shop', version: '1.0.0' }, { capabilities });
  mcp.server.setRequestHandler('tools/list', () => ({ tools: [{ name: 'ship', inputSchema: { type: 'object' } }] }));
  mcp.server.setRequestHandler('tools/call', () => ((started += 1), { ...task, ...times }));
  return mcp;
});

const raw = await handler.fetch(
  new Request('http://shop.example/mcp', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...{ 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'ship' },
    },
    body: JSON.stringify({
      ...{ jsonrpc: '2.0', id: 1, method: 'tools/call' },
      params: {
        name: 'ship',
        _meta: {
          'io.modelcontextprotocol/protocolVersion': '2026-07-28',
          'io.modelcontextprotocol/clientInfo': { name: 'c', version: '1.0.0' },
          'io.modelcontextprotocol/clientCapabilities': { extensions: { [TASKS]: {} } },
        },
      },
    }),
  }),
);
const text = await raw.text();
const { result } = JSON.parse(text.startsWith('{') ? text : /^data: (\{.*)$/m.exec(text)[1]);
console.log(`on the wire: ${result.resultType} ${result.taskId}, content ${JSON.stringify(result.content)}`);

const client = new Client(
  { name: 'c', version: '1.0.0' },
  { capabilities: { extensions: { [TASKS]: {} } }, versionNegotiation: { mode: 'auto' } },
);
const fetch = (url, init) => handler.fetch(new Request(url, init));
await client.connect(new StreamableHTTPClientTransport(new URL('http://shop.example/mcp'), { fetch }));
const answer = await client.callTool({ name: 'ship', arguments: {} }).then(
  (value) => `result ${JSON.stringify(value)}`,
  (error) => `error "${error.message}"`,
);
console.log(`in the client: ${answer}`);
console.log(`calls of the client that reached the tool: ${started - 1}`);
process.exit(0);
JS

node main.mjs >seen.txt
cat seen.txt
if diff <(sed -n '/^# Seen:$/,/^[^#]/s/^#   //p' "$self") seen.txt; then
  echo 'The behaviour is as recorded.'
else
  echo 'The behaviour has changed.' >&2
  exit 1
fi
