import { randomBytes } from 'node:crypto';
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { SluiceError } from '../domain/errors.ts';

const KEY_HEX = /^[0-9a-f]{64}$/i;

/**
 * The keys of the file, one a line, newest first. The file is created with one new key if it does not exist. Throws
 * GATEWAY_KEY_UNUSABLE if others may read it, or if a line is not a key.
 */
export function loadKeys(path: string): readonly Buffer[] {
  create(path);
  if ((statSync(path).mode & 0o077) !== 0) throw unusable(path, 'other users may read it. Set its mode to 0600');
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  if (lines.length === 0) throw unusable(path, 'it is empty');
  if (!lines.every((line) => KEY_HEX.test(line))) throw unusable(path, 'a line does not have 64 hexadecimal digits');
  return lines.map((line) => Buffer.from(line, 'hex'));
}

/** Two processes that start at once agree on one key: linking fails if the file exists, and shows it only complete. */
function create(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    statSync(path);
  } catch {
    writeFileSync(draft, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
    chmodSync(draft, 0o600);
    try {
      linkSync(draft, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(draft);
    }
  }
}

function unusable(path: string, why: string): SluiceError {
  return new SluiceError('GATEWAY_KEY_UNUSABLE', `The key file ${path} cannot be used: ${why}.`);
}
