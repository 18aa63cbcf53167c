import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readdirSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Authenticator } from '../../domain/access/authenticator.ts';
import type { Key, NewKey, Keys } from '../../domain/access/key.ts';
import { PERMISSIONS } from '../../domain/access/permission.ts';
import { SluiceError } from '../../domain/errors.ts';
import { createPrivate, readMounted, unavailable } from './private-file.ts';

const ID = /^[a-z0-9]{10}$/;
const FORM = /^slk_([a-z0-9]{10})_([\w-]{43})$/;
/** The time of the last use is written once in this time. */
const USE_MS = 60_000;

const record = z.object({
  name: z.string(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  permissions: z.array(z.enum(PERMISSIONS)),
  namespaces: z.array(z.string()).min(1).optional(),
  created_at: z.number(),
  created_by: z.string(),
  expires_at: z.number().optional(),
});
type Stored = z.output<typeof record>;

/** Keys in a folder, one file each. The file has the hash of the secret; the secret is in no file. */
export function createKeys(folder: string, now: () => number = Date.now): Keys & Authenticator {
  const pathOf = (id: string): string => join(folder, `${id}.json`);
  const usedAt = (id: string): number | undefined =>
    statSync(join(folder, `${id}.used`), { throwIfNoEntry: false })?.mtimeMs;
  const keyOf = (id: string): (Key & { readonly hash: string }) | undefined => {
    const text = readMounted(pathOf(id));
    return text === undefined ? undefined : toKey(id, parsed(pathOf(id), text), usedAt(id));
  };
  return {
    create: (wanted) => create(folder, wanted, now()),
    list: () =>
      idsIn(folder)
        .flatMap((id) => keyOf(id) ?? [])
        .map(({ hash: _, ...key }) => key)
        .toSorted((a, b) => a.createdAt - b.createdAt),
    revoke: (id) => revoke(folder, id),
    async authenticate(token) {
      const [, id = '', secret = ''] = FORM.exec(token) ?? [];
      const key = id === '' ? undefined : keyOf(id);
      if (!key || !timingSafeEqual(Buffer.from(key.hash, 'hex'), hashOf(secret))) return undefined;
      if (key.expiresAt !== undefined && key.expiresAt <= now()) return undefined;
      noteUse(join(folder, `${id}.used`), usedAt(id), now());
      const { permissions, namespaces } = key;
      return {
        identity: { kind: 'machine', issuer: 'key', subject: id, name: key.name },
        limits: { permissions, ...(namespaces && { namespaces }) },
      };
    },
  };
}

function toKey(id: string, stored: Stored, usedAt: number | undefined): Key & { readonly hash: string } {
  const { name, hash, permissions, namespaces, created_at, created_by, expires_at } = stored;
  return {
    ...{ id, name, hash, permissions, createdAt: created_at, createdBy: created_by },
    ...(namespaces && { namespaces }),
    ...(expires_at !== undefined && { expiresAt: expires_at }),
    ...(usedAt !== undefined && { usedAt: Math.round(usedAt) }),
  };
}

function create(folder: string, { name, permissions, namespaces, expiresAt, createdBy }: NewKey, at: number) {
  const id = Array.from(randomBytes(10), (byte) => 'abcdefghijklmnopqrstuvwxyz012345'.charAt(byte % 32)).join('');
  const secret = randomBytes(32).toString('base64url');
  const stored: Stored = {
    ...{ name, hash: hashOf(secret).toString('hex'), permissions: [...permissions] },
    ...(namespaces && { namespaces: [...namespaces] }),
    ...{ created_at: at, created_by: createdBy, ...(expiresAt !== undefined && { expires_at: expiresAt }) },
  };
  createPrivate(join(folder, `${id}.json`), `${JSON.stringify(stored, null, 2)}\n`);
  return { id, token: `slk_${id}_${secret}` };
}

/** The file stays under another name, so that records with its id can still be explained. */
function revoke(folder: string, id: string): void {
  try {
    if (!ID.test(id)) throw Object.assign(new Error(), { code: 'ENOENT' });
    renameSync(join(folder, `${id}.json`), join(folder, `${id}.revoked`));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw unavailable(folder, error);
    throw new SluiceError('UNKNOWN_NAME', 'There is no key with this id.', { next: 'See `sluice key list`.' });
  }
}

function idsIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).flatMap((file) => (file.endsWith('.json') ? [file.slice(0, -'.json'.length)] : []));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw unavailable(folder, error);
  }
}

function parsed(path: string, text: string): Stored {
  try {
    return record.parse(JSON.parse(text));
  } catch {
    throw unavailable(path, new Error('it is not a key'));
  }
}

/** A use that cannot be noted is no reason to refuse the call. */
function noteUse(path: string, before: number | undefined, now: number): void {
  if (before !== undefined && now - before < USE_MS) return;
  try {
    writeFileSync(path, '', { mode: 0o600 });
    utimesSync(path, now / 1000, now / 1000);
  } catch {
    // The folder may be read-only.
  }
}

/** A secret of 256 random bits needs no slow hash. */
function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
