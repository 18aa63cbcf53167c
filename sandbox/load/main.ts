// The load generator's process: a steady client and its control over HTTP, on loopback only.
//   GET /stats[?app=<key>]   POST /reset[?app=<key>]   PUT /load {rps?, apps?: {<key>: rps}}
//   GET /metrics    what clients were answered, by pod, for Prometheus
//   GET /apps                PUT /apps {key, host, rps?}       DELETE /apps?app=<key>
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';

import type { LoadApp, LoadConfig } from './config.ts';
import { Generator } from './generator.ts';

const config = JSON.parse(readFileSync(process.argv[2] ?? 'load.json', 'utf8')) as LoadConfig;
const generator = new Generator(config.entryUrls, config.rps);

function restore(): void {
  try {
    const saved = JSON.parse(readFileSync(config.stateFile, 'utf8')) as { rps: number; apps: LoadApp[] };
    generator.rps = saved.rps;
    saved.apps.forEach((app) => generator.put(app));
  } catch {
    // At the first start there is no saved state.
  }
}

function save(): void {
  writeFileSync(`${config.stateFile}.new`, JSON.stringify({ rps: generator.rps, apps: generator.list() }));
  renameSync(`${config.stateFile}.new`, config.stateFile);
}

async function body(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString('utf8')) : {};
}

function setLoad(wanted: { rps?: number; apps?: Record<string, number> }): void {
  if (wanted.rps !== undefined) generator.rps = wanted.rps;
  for (const [key, rps] of Object.entries(wanted.apps ?? {})) {
    const app = generator.list().find((one) => one.key === key);
    if (!app)
      throw new Error(
        `no application "${key}"; there are: ${generator
          .list()
          .map((one) => one.key)
          .join(', ')}`,
      );
    generator.put({ ...app, rps });
  }
}

async function handle(request: IncomingMessage): Promise<unknown> {
  const url = new URL(request.url ?? '/', 'http://load');
  const app = url.searchParams.get('app') ?? undefined;
  const route = `${request.method} ${url.pathname}`;
  if (route === 'GET /stats') return generator.snapshot(app);
  if (route === 'GET /apps') return generator.list();
  if (route === 'POST /reset') generator.reset(app);
  else if (route === 'PUT /load') setLoad((await body(request)) as { rps?: number; apps?: Record<string, number> });
  else if (route === 'PUT /apps') generator.put((await body(request)) as LoadApp);
  else if (route === 'DELETE /apps' && app !== undefined) generator.remove(app);
  else throw new Error(`unknown request ${route}`);
  save();
  return generator.snapshot(app);
}

restore();
generator.run();
createServer((request, response) => {
  if (request.url === '/metrics')
    return void response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(generator.answers.page());
  handle(request).then(
    (result) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result)),
    (error: unknown) =>
      response
        .writeHead(400, { 'content-type': 'application/json' })
        .end(JSON.stringify({ error: error instanceof Error ? error.message : String(error) })),
  );
}).listen(config.port, '127.0.0.1', () => console.log(`load generator on ${config.port}`));
