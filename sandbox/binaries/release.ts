import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

import type { Binary, Release } from '../manifest.ts';
import { ensureFolderOf } from './attempt.ts';
import type { Attempt, Context } from './attempt.ts';
import { cachedPath } from './places.ts';

const run = promisify(execFile);
const CONNECT_TIMEOUT_MS = 2_000;
const DOWNLOAD_TIMEOUT_MS = 10 * 60_000;

/** Origins that did not answer in this run, so that there is one short wait for each origin and not for each binary. */
const unreachable = new Map<string, string>();

function fill(template: string): string {
  return template
    .replaceAll('{os}', process.platform)
    .replaceAll('{arch}', process.arch === 'x64' ? 'amd64' : process.arch);
}

export function releaseUrl(template: string, base: string | undefined): URL {
  const url = new URL(fill(template));
  return base ? new URL(`${base.replace(/\/$/, '')}${url.pathname}`) : url;
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${CONNECT_TIMEOUT_MS / 1000} s`;
  const cause = error.cause as NodeJS.ErrnoException | undefined;
  return cause?.code ?? cause?.message ?? error.message;
}

async function get(url: URL, timeoutMs: number): Promise<Buffer | { skipped: string }> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    if (!answer.ok) return { skipped: `${url.host} answered ${answer.status} for ${basename(url.pathname)}` };
    return Buffer.from(await answer.arrayBuffer());
  } catch (error) {
    const skipped = `${url.host} cannot be reached (${reason(error)})`;
    unreachable.set(url.origin, skipped);
    return { skipped };
  }
}

/**
 * The hash of a file in a published checksum file. The file contains either the hash alone, or lines of "hash name".
 */
export function publishedHash(checksums: string, file: string): string | undefined {
  const lines = checksums.split('\n').map((line) => line.trim().split(/\s+\*?/));
  const named = lines.find(([hash, name]) => hash?.length === 64 && name !== undefined && basename(name) === file);
  const alone =
    lines.length > 0 && lines.filter((line) => line[0]).length === 1 && lines[0]?.length === 1 ? lines[0] : undefined;
  return (named ?? alone)?.[0]?.toLowerCase();
}

async function unpack(release: Release, content: Buffer, target: string): Promise<void> {
  const folder = mkdtempSync(join(target, '..', '.unpack-'));
  try {
    const download = join(folder, 'download');
    writeFileSync(download, content);
    if (release.member) await run('tar', ['-xzf', download, '-C', folder, fill(release.member)]);
    const file = release.member ? join(folder, fill(release.member)) : download;
    chmodSync(file, 0o755);
    renameSync(file, target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Gets the project's official download if its published checksum matches. A mismatch is an error, and the next source
 * is not tried: a person should examine it.
 */
export async function fromRelease(binary: Binary, context: Context): Promise<Attempt> {
  const { release } = binary;
  if ('none' in release) return { skipped: release.none };
  const base = context.env['SLUICE_DOWNLOAD_BASE'];
  const sums = releaseUrl(release.checksums, base);
  const known = unreachable.get(sums.origin);
  if (known) return { skipped: known };
  const checksums = await get(sums, CONNECT_TIMEOUT_MS);
  if ('skipped' in checksums) return checksums;
  const url = releaseUrl(release.url, base);
  const expected = publishedHash(checksums.toString('utf8'), basename(url.pathname));
  if (!expected) return { skipped: `${sums.href} has no checksum of ${basename(url.pathname)}` };
  context.say(`${binary.name}: downloading ${url.href}`);
  const content = await get(url, DOWNLOAD_TIMEOUT_MS);
  if ('skipped' in content) return content;
  const actual = createHash('sha256').update(content).digest('hex');
  if (actual !== expected) {
    throw new Error(
      `${url.href} has SHA-256 ${actual}, but ${sums.href} publishes ${expected}. Nothing was installed; try again, and if it stays so, report it to the project.`,
    );
  }
  const target = cachedPath(context.cache, binary);
  ensureFolderOf(target);
  await unpack(release, content, target);
  return { path: target, source: `official release ${binary.version}, checksum verified` };
}
