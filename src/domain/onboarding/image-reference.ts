/** The parts of an image reference. */
export interface ImageReference {
  /** With the port. `docker.io` if the reference names none. */
  readonly registry: string;
  /** The name within the registry. */
  readonly repository: string;
  readonly tag?: string;
  /** `sha256:…` */
  readonly digest?: string;
}

/** Splits a reference as container tools do: the first part is a registry if it looks like a host. */
export function imageReference(image: string): ImageReference {
  const { name, tag, digest } = imageParts(image);
  const [first = '', ...rest] = name.split('/');
  const hosted = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const repository = hosted ? rest.join('/') : rest.length > 0 ? name : `library/${name}`;
  return {
    registry: hosted ? first : 'docker.io',
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** The name, the tag and the digest of a reference. A colon in the first part is that of a port. */
export function imageParts(image: string): { name: string; tag?: string; digest?: string } {
  const [path = '', digest] = image.split('@');
  const at = path.lastIndexOf(':');
  const tagged = at > path.lastIndexOf('/');
  return {
    name: tagged ? path.slice(0, at) : path,
    ...(tagged ? { tag: path.slice(at + 1) } : {}),
    ...(digest === undefined ? {} : { digest }),
  };
}

/** Whether two references mean the same image: by the digest if both have one, because it alone is exact. */
export function isSameImage(one: string, other: string): boolean {
  const [a, b] = [imageParts(one), imageParts(other)];
  if (a.digest === undefined || b.digest === undefined) return one === other;
  return a.name === b.name && a.digest === b.digest;
}

/** A server on this machine, with or without a port. It has no TLS. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/.test(host);
}
