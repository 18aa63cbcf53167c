// A program: the MCP server of `npm start -- --demo mcp`, over stdio. Usage: sample-server.ts <version> [broken-add].
import { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { z } from 'zod';

const [version = '0.0.0', fault] = process.argv.slice(2);
const text = (value: string) => ({ content: [{ type: 'text' as const, text: value }] });

serveStdio(() => {
  const server = new McpServer({ name: 'sample', version });
  const message = z.object({ message: z.string() });
  const numbers = z.object({ a: z.number(), b: z.number() });
  server.registerTool('echo', { description: 'Repeats a message', inputSchema: message }, (given) =>
    text(given.message),
  );
  server.registerTool('add', { description: 'Adds two numbers', inputSchema: numbers }, ({ a, b }) =>
    fault === 'broken-add' ? { ...text('The adder is out of order.'), isError: true } : text(String(a + b)),
  );
  return server;
});
