import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { eventually } from './releases-wait.ts';

/** The reading part of a registry in memory. */
export interface TestRegistry {
  /** `127.0.0.1:<port>` */
  readonly host: string;
  /** From now on a tag has this digest. */
  show(repository: string, tag: string, digest: string): void;
  /** From now on everything needs a login. */
  hide(): void;
  close(): Promise<void>;
  /** A real registry, the program docker-registry, with its data in a folder. */
  real(folder: string): Promise<{ readonly host: string; close(): Promise<void> }>;
}

export async function startImageRegistry(): Promise<TestRegistry> {
  const shown = new Map<string, string>();
  let hidden = false;
  const server = createServer((request, response) => {
    const [, repository, tag] = /^\/v2\/(.+)\/manifests\/(.+)$/.exec(request.url ?? '') ?? [];
    const digest = shown.get(`${repository}:${tag}`);
    if (hidden) response.writeHead(401).end();
    else if (repository === undefined) response.writeHead(200).end();
    else if (digest === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'docker-content-digest': digest }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    show: (repository, tag, digest) => void shown.set(`${repository}:${tag}`, digest),
    hide: () => void (hidden = true),
    async close() {
      server.closeAllConnections();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
    real: startRegistry,
  };
}

async function startRegistry(folder: string): Promise<{ host: string; close(): Promise<void> }> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'config.json');
  const host = `127.0.0.1:${await freePort()}`;
  const storage = { filesystem: { rootdirectory: join(folder, 'data') } };
  writeFileSync(file, JSON.stringify({ version: 0.1, storage, http: { addr: host }, log: { level: 'error' } }));
  const child = spawn('docker-registry', ['serve', file], { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await eventually('the registry answers', () =>
    fetch(`http://${host}/v2/`).then(
      ({ ok }) => ok || undefined,
      () => undefined,
    ),
  );
  return {
    host,
    async close() {
      child.kill();
      await ended;
      forgetImages(host);
    },
  };
}

/** Removes the images of the registry from the store of this machine, where a builder leaves what it has built. */
function forgetImages(host: string): void {
  const { stdout } = spawnSync('buildah', ['images', '--format', '{{.Name}}:{{.Tag}} {{.ID}}'], { encoding: 'utf8' });
  const ids = (stdout ?? '')
    .split('\n')
    .flatMap((line) => (line.startsWith(`${host}/`) ? line.split(' ').slice(1) : []));
  if (ids.length > 0) spawnSync('buildah', ['rmi', '--force', ...new Set(ids)], { stdio: 'ignore' });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
