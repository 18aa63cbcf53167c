/** The parts of a revision that Flux writes. */
export interface RevisionParts {
  /** A branch, a tag or a version. */
  readonly name?: string;
  /** A Git commit, in full. */
  readonly commit?: string;
  /** The digest of an OCI artifact or of a bucket. */
  readonly digest?: string;
}

/**
 * `main@sha1:0f2c…` names a branch and a commit, `6.1.0@sha256:…` a version and a digest, `sha1:…` a commit alone. A
 * chart has only a version. Source: Flux RFC 5.
 */
export function revisionParts(revision: string): RevisionParts {
  const [, name, algorithm, hash] = /^(?:(.*)@)?(sha1|sha256|sha384|sha512|blake3):([0-9a-f]+)$/.exec(revision) ?? [];
  if (algorithm === undefined || hash === undefined) return { name: revision };
  const named = name === undefined ? {} : { name };
  // Git may use SHA-256 as well, and then its revision has a branch or a tag in front, as that of an artifact does.
  return algorithm === 'sha1' ? { ...named, commit: hash } : { ...named, digest: `${algorithm}:${hash}` };
}

/** A revision with the beginning of its hash, for lists. */
export function shortRevision(revision: string): string {
  return revision.replace(/(:[0-9a-f]{12})[0-9a-f]+$/, '$1');
}
