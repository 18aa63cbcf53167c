// The public client of the extension of tasks, in a process of its own: in Jest's realm it takes no JSON for JSON.
// Arguments: URL of the server, name of the tool, its arguments as JSON. Prints the result as JSON.
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { createTaskSessionFromClient, resultFromTaskOutcome } from '@modelcontextprotocol/ext-tasks/client';

const [url = '', tool = '', given = '{}'] = process.argv.slice(2);
const protocolVersion = '2026-07-28';
const clientInfo = { name: 'task-client', version: '1' };
const clientCapabilities = { extensions: { 'io.modelcontextprotocol/tasks': {} } };

let requests = 0;
const client = new Client(clientInfo, { versionNegotiation: { mode: 'auto' } });
await client.connect(new StreamableHTTPClientTransport(new URL(url)));
const session = createTaskSessionFromClient(client, {
  endpointId: 'sluice',
  v2RequestFraming: { protocolVersion, clientInfo, clientCapabilities },
  rawDispatch: async (request) => {
    const name = request.params?.name ?? request.params?.taskId;
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': protocolVersion,
        'mcp-method': request.method,
        ...(name === undefined ? {} : { 'mcp-name': name }),
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: (requests += 1), ...request }),
    });
    const text = await answer.text();
    return JSON.parse(text.startsWith('{') ? text : /^data: (\{.*)$/m.exec(text)[1]);
  },
});
const execution = await session.callTool(tool, JSON.parse(given));
console.log('following');
const { outcome } = await execution.settle();
console.log(JSON.stringify(resultFromTaskOutcome(outcome)));
await session.close();
await client.close();
