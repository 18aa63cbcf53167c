import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { findOnPath } from '../../sandbox/binaries/search-path.ts';
import { pushImage, type ImageSpec } from '../../sandbox/real-pods/image.ts';

type Files = ImageSpec['files'][number][];

const at = (path: string, from: string): Files[number] => ({
  ...{ path, content: readFileSync(from) },
  mode: statSync(from).mode & 0o777,
});

/** A program of this machine with the libraries that its loader finds for it. */
function program(path: string, from: string): Files {
  const { stdout } = spawnSync('ldd', [from], { encoding: 'utf8' });
  const libraries = [...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, file = '']) => at(file, file));
  return [at(path, from), ...libraries];
}

function tree(path: string, from: string): Files {
  return readdirSync(from, { withFileTypes: true }).flatMap((entry) => {
    const [target, source] = [join(path, entry.name), join(from, entry.name)];
    return entry.isDirectory() ? tree(target, source) : entry.isFile() ? [at(target, source)] : [];
  });
}

/**
 * Pushes an image with Node.js, npm and a shell, which are those of this machine, and returns its reference with the
 * digest. A machine without a registry of the world has the base images of no Dockerfile.
 */
export async function pushNodeBase(registry: string, tag: string): Promise<string> {
  const npm = findOnPath('npm', process.env);
  if (npm === undefined) throw new Error('There is no npm on PATH.');
  const shell = '#!/bin/sh\nexec node /usr/local/lib/npm/bin/npm-cli.js "$@"\n';
  const files = [
    ...program('/usr/local/bin/node', realpathSync(process.execPath)),
    ...program('/bin/sh', realpathSync('/bin/sh')),
    ...tree('/usr/local/lib/npm', join(realpathSync(npm), '..', '..')),
    { path: '/usr/local/bin/npm', content: Buffer.from(shell), mode: 0o755 },
    { path: '/etc/passwd', content: Buffer.from('root:x:0:0:root:/root:/bin/sh\n'), mode: 0o644 },
    { path: '/tmp/.keep', content: Buffer.from(''), mode: 0o644 },
  ];
  const unique = [...new Map(files.map((file) => [file.path, file])).values()];
  const reference = `${registry}/library/node:${tag}`;
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/root' };
  const digest = await pushImage({ reference, files: unique, entrypoint: [], env, user: '0' });
  return `${reference}@${digest}`;
}
