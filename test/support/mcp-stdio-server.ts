// A program: MCP over stdio on a fake gateway with one running release. Argument `write` turns write tools on.
import { serveMcpStdio } from '../../src/mcp/stdio.ts';
import { aView, createFakeGateway, fakeServices } from './fake-gateway.ts';
import { depsOver } from './mcp-server.ts';

serveMcpStdio(depsOver(fakeServices(createFakeGateway([aView()])), { allowWrite: process.argv[2] === 'write' }));
