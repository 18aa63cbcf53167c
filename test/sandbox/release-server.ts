import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface ReleaseServer {
  base: string;
  requests: string[];
  stop(): Promise<void>;
}

/** Stands in for the projects' download sites: serves the given files by path. */
export async function serveReleases(files: Record<string, Buffer>): Promise<ReleaseServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    const found = files[request.url ?? ''];
    response.writeHead(found ? 200 : 404).end(found);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    base: `http://127.0.0.1:${port}`,
    requests,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

export const sha256 = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

/** A program that answers every question with one line. */
export const program = (line: string): Buffer => Buffer.from(`#!/bin/sh\necho '${line}'\n`);

export function archive(member: string, content: Buffer): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-archive-'));
  mkdirSync(join(folder, dirname(member)), { recursive: true });
  writeFileSync(join(folder, member), content, { mode: 0o755 });
  execFileSync('tar', ['-czf', join(folder, 'archive.tgz'), '-C', folder, member]);
  const packed = readFileSync(join(folder, 'archive.tgz'));
  rmSync(folder, { recursive: true });
  return packed;
}
