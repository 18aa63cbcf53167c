#!/usr/bin/env bash
# Finding: The MCP server checks a structured answer with zod, but sends the answer as it was before. The client
#   checks it with the JSON Schema that was made of the zod schema, which is stricter: z.object() becomes
#   additionalProperties false, a field with a default becomes required. So an answer that the server accepts fails in
#   the client as a protocol error, and only in a client that listed the tools before the call.
# Packages: @modelcontextprotocol/server 2.4.0, @modelcontextprotocol/client 2.4.0, zod 4.6.7 (npm)
# Needs: bash, Node 20 or newer, npm. It takes about 10 s.
# Seen:
#   a field more than z.object() names: zod accepts it: true
#     without tools/list: {"weight":5,"canary":"v2"}
#     after tools/list: error "Structured content does not match the tool's output schema: data must NOT have additional properties"
#   a field with a default is left out: zod accepts it: true
#     without tools/list: {}
#     after tools/list: error "Structured content does not match the tool's output schema: data must have required property 'weight'"
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

const trials = {
  'a field more than z.object() names': [z.object({ weight: z.number() }), { weight: 5, canary: 'v2' }],
  'a field with a default is left out': [z.object({ weight: z.number().default(5) }), {}],
};
for (const [title, [outputSchema, structuredContent]] of Object.entries(trials)) {
  console.log(`${title}: zod accepts it: ${outputSchema.safeParse(structuredContent).success}`);
  const handler = createMcpHandler(() => {
    const server = new McpServer({ name: 'shop', version: '1.0.0' });
    server.registerTool('get', { outputSchema }, () => ({ content: [], structuredContent }));
    return server;
  });
  for (const listsFirst of [false, true]) {
    const client = new Client({ name: 'c', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } });
    const fetch = (url, init) => handler.fetch(new Request(url, init));
    await client.connect(new StreamableHTTPClientTransport(new URL('http://shop.example/mcp'), { fetch }));
    if (listsFirst) await client.listTools();
    const answer = await client.callTool({ name: 'get', arguments: {} }).then(
      (result) => JSON.stringify(result.structuredContent),
      (error) => `error "${error.message}"`,
    );
    console.log(`  ${listsFirst ? 'after tools/list' : 'without tools/list'}: ${answer}`);
    await client.close();
  }
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
