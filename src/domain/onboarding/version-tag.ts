/** The names of the tag that a version may have, best first: `v1.0.0` is also `1.0.0`, and the other way round. */
export function tagsOfVersion(version: string | undefined): readonly string[] {
  if (version === undefined) return [];
  const other = /^v\d/.test(version) ? version.slice(1) : /^\d/.test(version) ? `v${version}` : undefined;
  return [version, ...(other === undefined ? [] : [other])].map((name) => `refs/tags/${name}`);
}

/**
 * What a reader should know about the part of the repository that is taken. Undefined if the caller named it, or if it
 * is the tag of the version.
 */
export function refWarning(asked: string | undefined, ref: string, version: string): string | undefined {
  const tags = tagsOfVersion(version);
  if (asked !== undefined || tags.includes(ref)) return undefined;
  const names = tags.map((tag) => tag.replace('refs/tags/', '')).join(' or ');
  return `The repository has no tag ${names}, so ${refText(ref)} is taken. To take another one, set ref.`;
}

/** `refs/heads/main` as people say it: the branch main. */
export function refText(ref: string): string {
  const [, kind, name] = /^refs\/(heads|tags)\/(.+)$/.exec(ref) ?? [];
  if (name === undefined) return ref;
  return kind === 'tags' ? `the tag ${name}` : `the branch ${name}`;
}
