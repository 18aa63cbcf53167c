#!/usr/bin/env bash
# Finding: One tool whose zod schema has no JSON Schema (a date, a transform in the output) makes tools/list of the
#   whole MCP server fail, so a client sees no tool at all. Registration succeeds, and calls of every tool, this one
#   too, work.
# Packages: @modelcontextprotocol/server 2.4.0, @modelcontextprotocol/client 2.4.0, zod 4.6.7 (npm)
# Needs: bash, Node 20 or newer, npm. It takes about 10 s.
# Seen:
#   a date as input: tools/list: error "Date cannot be represented in JSON Schema"
#     call of plain: plain answers
#     call of odd: odd answers
#   a transform in the output: tools/list: error "Transforms cannot be represented in JSON Schema"
#     call of plain: plain answers
#     call of odd: odd answers
set -euo pipefail
self=$(realpath "$0")
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$work"' EXIT
cd "$work"

npm install --silent --no-audit --no-fund @modelcontextprotocol/server@2.4.0 \
  @modelcontextprotocol/client@2.4.0 zod@4.6.7

cat >main.mjs <<'JS'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';

const text = (value) => ({ content: [{ type: 'text', text: value }] });
const odd = {
  'a date as input': { inputSchema: z.object({ since: z.coerce.date().optional() }) },
  'a transform in the output': { outputSchema: z.object({ at: z.string().transform((at) => new Date(at)) }) },
};

for (const [title, schemas] of Object.entries(odd)) {
  const handler = createMcpHandler(() => {
    const server = new McpServer({ name: 'shop', version: '1.0.0' });
    server.registerTool('plain', { inputSchema: z.object({}) }, () => text('plain answers'));
    const answer = { ...text('odd answers'), structuredContent: { at: '2026-01-01' } };
    server.registerTool('odd', schemas, () => answer);
    return server;
  });
  const client = new Client({ name: 'c', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } });
  const fetch = (url, init) => handler.fetch(new Request(url, init));
  await client.connect(new StreamableHTTPClientTransport(new URL('http://shop.example/mcp'), { fetch }));
  const attempt = (promise, show) => promise.then(show, (error) => `error "${error.message}"`);
  const names = ({ tools }) => tools.map(({ name }) => name).join(', ');
  const said = ({ content }) => content[0].text;
  console.log(`${title}: tools/list: ${await attempt(client.listTools(), names)}`);
  for (const name of ['plain', 'odd']) {
    console.log(`  call of ${name}: ${await attempt(client.callTool({ name, arguments: {} }), said)}`);
  }
  await client.close();
}
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
