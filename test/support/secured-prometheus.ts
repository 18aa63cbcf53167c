import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { acquireBinary } from '../../sandbox/index.ts';
import { claimPorts } from '../../sandbox/processes/ports.ts';
import { makeCertificates, type Certificates } from './certificates.ts';

export const USER = { name: 'sluice', password: 'correct horse' };
/** bcrypt of USER.password: perl -e 'print crypt("correct horse", "\$2b\$08\$abcdefghijklmnopqrstuu")'. */
const HASH = '$2b$08$abcdefghijklmnopqrstuubAvJmxpQuyV3jn7x.SUSPxe.DearCPe';

/**
 * A real Prometheus that requires a client certificate and a password, with two exporters that count as Traefik does.
 */
export interface SecuredPrometheus {
  readonly url: string;
  readonly certificates: Certificates;
  /** The service label of its counters. */
  readonly service: string;
  stop(): Promise<void>;
}

export async function startSecuredPrometheus(): Promise<SecuredPrometheus> {
  const service = 'shop-web-stable-80@kubernetescrd';
  const certificates = makeCertificates();
  const exporters = await Promise.all([startExporter(service), startExporter(service)]);
  const [{ path }, { ports, release }] = await Promise.all([acquireBinary('prometheus'), claimPorts(['prometheus'])]);
  const port = ports['prometheus'];
  const folder = mkdtempSync(join(tmpdir(), 'sluice-secured-prometheus-'));
  const config = {
    global: { scrape_interval: '1s', scrape_timeout: '1s' },
    scrape_configs: [{ job_name: 'traefik', static_configs: [{ targets: exporters.map(addressOf) }] }],
  };
  const { server, ca } = certificates;
  const web = {
    tls_server_config: {
      cert_file: server.cert,
      key_file: server.key,
      client_auth_type: 'RequireAndVerifyClientCert',
      client_ca_file: ca,
    },
    basic_auth_users: { [USER.name]: HASH },
  };
  writeFileSync(join(folder, 'prometheus.yml'), stringify(config));
  writeFileSync(join(folder, 'web.yml'), stringify(web));
  mkdirSync(join(folder, 'data'));
  const args = [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--web.config.file=${join(folder, 'web.yml')}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--log.level=warn',
  ];
  const child = spawn(path, args, { stdio: 'ignore' });
  const stop = async () => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    await Promise.all([...exporters.map(close), release()]);
    for (const one of [folder, certificates.folder]) rmSync(one, { recursive: true, force: true });
  };
  const started = { url: `https://127.0.0.1:${port}`, certificates, service, stop };
  await scraped(started).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return started;
}

const knownTo = ({ certificates: { client, ca } }: SecuredPrometheus) => ({
  ca: readFileSync(ca),
  cert: readFileSync(client.cert),
  key: readFileSync(client.key),
  auth: `${USER.name}:${USER.password}`,
});

/** Waits until it answers and both exporters were scraped. */
async function scraped(prometheus: SecuredPrometheus): Promise<void> {
  for (
    const deadline = Date.now() + 60_000;
    Date.now() < deadline;
    await new Promise((resolve) => setTimeout(resolve, 100))
  ) {
    const answer = await new Promise<string>((resolve) => {
      const asked = request(
        `${prometheus.url}/api/v1/query?query=${encodeURIComponent('count(traefik_service_requests_total)')}`,
        knownTo(prometheus),
        (response) => response.setEncoding('utf8').on('data', resolve),
      );
      asked.on('error', (error) => resolve(error.message)).end();
    });
    if (answer.includes(',"4"]')) return;
  }
  throw new Error('the secured Prometheus does not scrape');
}

/** Counters that grow with time, as a Traefik replica with traffic has them. */
async function startExporter(service: string): Promise<Server> {
  const began = Date.now() - 60_000;
  return listen((_, answer) => {
    const count = Math.floor((Date.now() - began) / 50);
    const labels = (code: string) => `service="${service}",code="${code}",method="GET",protocol="http"`;
    const lines = Object.entries({ 200: count, 500: Math.floor(count / 10) }).flatMap(([code, value]) => [
      `traefik_service_requests_total{${labels(code)}} ${value}`,
      ...['0.005', '0.1', '0.3', '1.2', '+Inf'].map(
        (le, index) =>
          `traefik_service_request_duration_seconds_bucket{${labels(code)},le="${le}"} ${Math.floor((value * index) / 4)}`,
      ),
    ]);
    answer
      .writeHead(200, { 'content-type': 'text/plain; version=0.0.4' })
      .end(`# TYPE traefik_service_requests_total counter\n${lines.join('\n')}\nzero 0\n`);
  });
}

/** Behaviours of a proxy in front of Prometheus. */
export type Mode = 'pass' | 'slow' | 'drip' | 'login-redirect' | 'login-page' | 'bad-gateway' | 'forbidden' | 'skewed';

export interface Gateway {
  readonly url: string;
  token: string;
  mode: Mode;
  readonly seen: { readonly authorization: string | undefined; readonly tenant: string | undefined }[];
  close(): Promise<void>;
}

/** A reverse proxy that requires a bearer token, and connects to Prometheus with its own certificate and password. */
export async function startGateway(prometheus: SecuredPrometheus): Promise<Gateway> {
  const tls = knownTo(prometheus);
  const gateway = { token: 'first-token-1234', mode: 'pass' as Mode, seen: [] as Gateway['seen'][number][] };
  const server = await listen((incoming, outgoing) => {
    const { authorization, 'x-scope-orgid': tenant } = incoming.headers;
    gateway.seen.push({ authorization, tenant: tenant as string | undefined });
    if (authorization !== `Bearer ${gateway.token}`)
      return void outgoing.writeHead(401).end(`not known here: ${authorization}`);
    if (gateway.mode === 'slow') return;
    const answers: Partial<Record<Mode, () => unknown>> = {
      drip: () => void drip(outgoing.writeHead(200, { 'content-type': 'application/json' })),
      'login-redirect': () =>
        outgoing.writeHead(302, { location: 'https://login.example/start?state=very-secret-state' }).end(),
      'login-page': () =>
        outgoing
          .writeHead(200, { 'content-type': 'text/html' })
          .end('<!doctype html><html><head><title>Sign in to shop</title></head></html>'),
      'bad-gateway': () =>
        outgoing
          .writeHead(502, { 'content-type': 'text/html' })
          .end('<html><head><title>502 Bad Gateway</title></head></html>'),
      forbidden: () =>
        outgoing
          .writeHead(403, { 'content-type': 'application/json' })
          .end(JSON.stringify({ message: `${authorization} may not read tenant ${String(tenant)}` })),
    };
    const other = answers[gateway.mode];
    if (other) return void other();
    const forward = request(`${prometheus.url}${incoming.url}`, { ...tls, method: incoming.method }, (response) => {
      outgoing.writeHead(response.statusCode ?? 0, {
        ...response.headers,
        ...(gateway.mode === 'skewed' && { date: new Date(Date.now() + 90_000).toUTCString() }),
      });
      response.pipe(outgoing);
    });
    forward.on('error', () => outgoing.writeHead(502).end('upstream is away'));
    forward.end();
  });
  return Object.assign(gateway, { url: `http://${addressOf(server)}`, close: () => close(server) });
}

function drip(answer: { write(text: string): unknown; once(event: 'close', listener: () => void): unknown }): void {
  const timer = setInterval(() => answer.write(' '), 20);
  answer.once('close', () => clearInterval(timer));
}

async function listen(answer: Parameters<typeof createServer>[1] & {}): Promise<Server> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const addressOf = (server: Server): string => `127.0.0.1:${(server.address() as AddressInfo).port}`;

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
