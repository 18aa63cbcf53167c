// A program: the gateway over stdio for one server. The first argument is the file with its record, which it follows.
import { readFileSync, watchFile } from 'node:fs';
import type { RegisteredServer } from '../../src/domain/servers/server.ts';
import { Gateway } from '../../src/gateway/gateway.ts';
import { createSealer } from '../../src/gateway/seal.ts';
import { ServerTable } from '../../src/gateway/server-table.ts';
import { serveStdioFront } from '../../src/gateway/stdio-front.ts';
import { HEALTH } from '../../src/gateway/health.ts';
import { LIMITS } from '../../src/gateway/upstream.ts';
import { asDefined } from '../../src/gateway/upstreams.ts';
import { createLog } from '../../src/observability/log.ts';
import { createFakeServers } from './fake-servers.ts';

const file = process.argv[2] ?? '';
const read = (): RegisteredServer => JSON.parse(readFileSync(file, 'utf8')) as RegisteredServer;
const server = read();
const registry = createFakeServers(server);
watchFile(file, { interval: 50 }, () => void registry.change(server.name, undefined, read));
const gateway = new Gateway({
  table: await ServerTable.follow(registry, createLog('silent')),
  sealer: createSealer([Buffer.alloc(32, 7)]),
  limits: LIMITS,
  health: { ...HEALTH, everyMs: 0 },
  recorded: 0,
  connect: asDefined(LIMITS, process.env),
});
const { stdin: input, stdout: output } = process;
await serveStdioFront(gateway, { name: server.name, input, output, stopped: new AbortController().signal });
await gateway.close();
process.exit(0);
