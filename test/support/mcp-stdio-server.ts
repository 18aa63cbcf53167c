// A program: MCP over stdio on a fake gateway with one running release. Argument `write` turns write tools on.
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { aView, createFakeGateway } from './fake-gateway.ts';
import { testFactory } from './mcp-server.ts';

serveStdio(testFactory(createFakeGateway([aView()]), process.argv[2] === 'write'));
