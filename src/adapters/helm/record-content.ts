import { gunzipSync, gzipSync } from 'node:zlib';
import { isRecord, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { SluiceError } from '../../domain/errors.ts';
import { readRevision } from '../../domain/helm/read-revision.ts';
import type { HelmRevision } from '../../domain/helm/release.ts';

/** A Secret has at most 1 MiB. More than this is no release, but a compression bomb. */
const MAX_BYTES = 64 * 1024 * 1024;
const GZIP = Buffer.from([0x1f, 0x8b, 0x08]);

/**
 * The content of a record: JSON, compressed, in base64, and as data of a Secret in base64 again. Very old records are
 * not compressed. Source: helm.sh/helm/v4/pkg/storage/driver/util.go. Errors: HELM_REFUSED.
 */
export function decodedRecord(encoded: string): ApiObject {
  try {
    const bytes = Buffer.from(Buffer.from(encoded, 'base64').toString('latin1'), 'base64');
    const isPacked = bytes.subarray(0, 3).equals(GZIP);
    const json: unknown = JSON.parse((isPacked ? gunzipSync(bytes, { maxOutputLength: MAX_BYTES }) : bytes).toString());
    if (isRecord(json)) return json;
    throw new Error('it is not an object');
  } catch (cause) {
    throw unreadable(cause);
  }
}

export function encodedRecord(content: ApiObject): string {
  return Buffer.from(gzipSync(JSON.stringify(content), { level: 9 }).toString('base64'), 'latin1').toString('base64');
}

/** Errors: HELM_REFUSED. */
export function revisionIn(encoded: string): HelmRevision {
  const revision = readRevision(decodedRecord(encoded));
  if (revision) return revision;
  throw unreadable(undefined);
}

function unreadable(cause: unknown): SluiceError {
  return new SluiceError('HELM_REFUSED', 'A record of a release of Helm cannot be decoded.', {
    next: 'Read the release with the program helm: its record has a form that this version does not know.',
    cause,
  });
}
