import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * The bundle of the command line that `scripts/bundle.mjs` has made, as a URL, if it was made from exactly the present
 * files. Undefined otherwise: then the sources run. Files are compared by size and time of change, because their
 * content would take longer to read than the bundle saves.
 */
export function freshBundle(root) {
  try {
    const folder = fileURLToPath(root);
    const { entry, files } = JSON.parse(readFileSync(new URL('dist/bundle.json', root), 'utf8'));
    for (const [path, size, mtimeMs] of files) {
      const now = statSync(folder + path);
      if (now.size !== size || now.mtimeMs !== mtimeMs) return undefined;
    }
    const url = new URL(`dist/${entry}`, root);
    statSync(url);
    return url;
  } catch {
    return undefined;
  }
}
