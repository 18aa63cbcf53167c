import { invalidInput } from '../../contract/parse.ts';

/** A file or folder in a container. */
export interface PodPath {
  /** Absolute. */
  readonly folder: string;
  readonly name: string;
}

/** Errors: INVALID_INPUT. */
export function podPath(path: string): PodPath {
  const parts = path.replace(/\/+$/, '').split('/');
  const [first, ...rest] = parts;
  if (first !== '' || rest.length === 0 || rest.some((part) => part === '..' || part === '.' || part === ''))
    throw invalidInput([
      { path: 'pod_path', message: 'must be absolute, name a file or folder, and have no "." or ".."' },
    ]);
  return { folder: `/${rest.slice(0, -1).join('/')}`, name: rest.at(-1) ?? '' };
}
