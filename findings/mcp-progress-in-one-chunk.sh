#!/usr/bin/env bash
# Finding: A client over stdio loses every progress notification that arrives in one chunk with the answer. It gives
#   each to onerror as a notification for an unknown token. The server has sent them in the right order, before the
#   answer. The same bytes in separate chunks reach onprogress. Both generations of the SDK behave so.
# Packages: @modelcontextprotocol/client 2.4.0, @modelcontextprotocol/sdk 1.32.2, zod 4.6.7 (npm)
# Needs: bash, Node 20 or newer, npm. It takes about 10 s.
# Seen:
#   client 2.4.0, separate chunks: progress 1 2 3, then "built"; 0 errors
#   client 2.4.0, one chunk: no progress, then "built"; 3 errors "Received a progress notification for an unknown token"
#   sdk 1.32.2, separate chunks: progress 1 2 3, then "built"; 0 errors
#   sdk 1.32.2, one chunk: no progress, then "built"; 3 errors "Received a progress notification for an unknown token"
set -euo pipefail
self=$(realpath "$0")
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$work"' EXIT
cd "$work"

npm install --silent --no-audit --no-fund @modelcontextprotocol/client@2.4.0 \
  @modelcontextprotocol/sdk@1.32.2 zod@4.6.7

# A server that answers a call with three notifications and the result.
cat >server.mjs <<'JS'
import { createInterface } from 'node:readline';

const [, , chunks] = process.argv;
const line = (message) => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`;
const tools = { capabilities: { tools: {} }, serverInfo: { name: 'shop', version: '1.0.0' } };
const pause = () => new Promise((resolve) => setTimeout(resolve, 100));

for await (const text of createInterface({ input: process.stdin })) {
  const { id, method, params } = JSON.parse(text);
  if (method === 'initialize')
    process.stdout.write(line({ id, result: { protocolVersion: params.protocolVersion, ...tools } }));
  if (method !== 'tools/call') continue;
  const { progressToken } = params._meta;
  const progress = [1, 2, 3].map((done) => ({ progressToken, progress: done, total: 3 }));
  const lines = [
    ...progress.map((state) => line({ method: 'notifications/progress', params: state })),
    line({ id, result: { content: [{ type: 'text', text: 'built' }] } }),
  ];
  for (const chunk of chunks === 'one' ? [lines.join('')] : lines) {
    process.stdout.write(chunk);
    await pause();
  }
}
JS

cat >main.mjs <<'JS'
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as Client1 } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as Transport1 } from '@modelcontextprotocol/sdk/client/stdio.js';

const build = { name: 'build', arguments: {} };
const clients = {
  'client 2.4.0': [Client, StdioClientTransport, (client, options) => client.callTool(build, options)],
  'sdk 1.32.2': [Client1, Transport1, (client, options) => client.callTool(build, undefined, options)],
};

for (const [name, [Class, Transport, call]] of Object.entries(clients)) {
  for (const [title, chunks] of [['separate chunks', 'several'], ['one chunk', 'one']]) {
    const client = new Class({ name: 'c', version: '1.0.0' });
    const errors = [];
    const seen = [];
    client.onerror = ({ message }) => errors.push(message.split(':')[0]);
    await client.connect(new Transport({ command: process.execPath, args: ['server.mjs', chunks] }));
    const { content } = await call(client, { onprogress: ({ progress }) => seen.push(progress) });
    await new Promise((resolve) => setTimeout(resolve, 200));
    const progress = seen.length > 0 ? `progress ${seen.join(' ')}` : 'no progress';
    const named = errors.length > 0 ? ` "${[...new Set(errors)].join('; ')}"` : '';
    console.log(`${name}, ${title}: ${progress}, then "${content[0].text}"; ${errors.length} errors${named}`);
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
