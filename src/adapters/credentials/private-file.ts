import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { SluiceError } from '../../domain/errors.ts';

/**
 * Creates a file that only its owner can read, complete in one step. Returns false if there is one already: of two
 * processes, one creates it. Errors: CREDENTIALS_UNAVAILABLE.
 */
export function createPrivate(path: string, text: string): boolean {
  try {
    published(path, text, linkSync);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw unavailable(path, error);
  }
}

/** As createPrivate, in place of a file that may be there. Errors: CREDENTIALS_UNAVAILABLE. */
export function replacePrivate(path: string, text: string): void {
  try {
    published(path, text, renameSync);
  } catch (error) {
    throw unavailable(path, error);
  }
}

/** Writes a draft beside the file. `publish` gives it its name. */
function published(path: string, text: string, publish: (draft: string, path: string) => void): void {
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(draft, text, { mode: 0o600, flag: 'wx' });
    // The umask limits the mode above, and never adds to it. An access list of the folder could.
    chmodSync(draft, 0o600);
    publish(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * The text of a file that only its owner can read. Undefined if it does not exist. Errors: CREDENTIALS_UNAVAILABLE when
 * another account owns it or may read it, because that account could then call as its owner.
 */
export function readPrivate(path: string): string | undefined {
  try {
    const { mode, uid } = lstatSync(path);
    if ((mode & 0o170000) !== 0o100000) throw new Error('it is not a regular file');
    if ((mode & 0o077) !== 0) throw new Error('other accounts may read it. Set its mode to 0600');
    if (process.getuid && uid !== process.getuid()) throw new Error('another account owns it');
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unavailable(path, error);
  }
}

/**
 * As readPrivate. The file may also be a link that root has made to a file of root, as in the folder that Kubernetes
 * mounts from a Secret, where the group of the pod has to be able to read it. For content that is no secret.
 */
export function readMounted(path: string): string | undefined {
  const link = lstatSync(path, { throwIfNoEntry: false });
  if (!link?.isSymbolicLink()) return readPrivate(path);
  try {
    const file = statSync(path);
    if (!file.isFile()) throw new Error('it is not a regular file');
    if ((file.mode & 0o022) !== 0) throw new Error('other accounts may change it');
    if (link.uid !== 0 || file.uid !== 0) throw new Error('it is a link, and root has not made both');
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unavailable(path, error);
  }
}

export function unavailable(path: string, cause: unknown): SluiceError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new SluiceError('CREDENTIALS_UNAVAILABLE', `The file ${path} cannot be used: ${why}.`, { cause });
}
