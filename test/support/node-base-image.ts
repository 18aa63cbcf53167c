import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { findOnPath } from '../../sandbox/binaries/search-path.ts';
import { rootPath } from '../../sandbox/real-pods/requirements.ts';
import { pushImage, type ImageSpec } from '../../sandbox/real-pods/image.ts';

type Files = ImageSpec['files'][number][];

const at = (path: string, from: string): Files[number] => ({
  ...{ path, content: readFileSync(from) },
  mode: statSync(from).mode & 0o777,
});

/** The libraries of this machine that its loader finds for a program or a library. */
function librariesOf(file: string): Files {
  const { stdout } = spawnSync('ldd', [file], { encoding: 'utf8' });
  return [...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, library = '']) => at(library, library));
}

const program = (path: string, from: string): Files => [at(path, from), ...librariesOf(from)];

function tree(path: string, from: string): Files {
  return readdirSync(from, { withFileTypes: true }).flatMap((entry) => {
    const [target, source] = [join(path, entry.name), join(from, entry.name)];
    return entry.isDirectory() ? tree(target, source) : entry.isFile() ? [at(target, source)] : [];
  });
}

function named(name: string): Files {
  const from = findOnPath(name, { PATH: rootPath() });
  if (from === undefined) throw new Error(`There is no ${name} on PATH.`);
  return program(`/usr/bin/${name}`, realpathSync(from));
}

/** What `npm ci` needs in a container where this machine reaches its packages only with a certificate of its own. */
function certificates(): { files: Files; env: Record<string, string> } {
  const from = process.env['NODE_EXTRA_CA_CERTS'];
  if (from === undefined) return { files: [], env: {} };
  const path = '/etc/ssl/certs/own.crt';
  return { files: [{ path, content: readFileSync(from), mode: 0o644 }], env: { NODE_EXTRA_CA_CERTS: path } };
}

/**
 * Pushes an image with Node.js, npm and a shell, which are those of this machine, and returns its reference with the
 * digest. A machine without a registry of the world has the base images of no Dockerfile. `programs`: further programs
 * of this machine by their names. Throws if one is missing. `natives`: files whose libraries it has too.
 */
export async function pushNodeBase(
  registry: string,
  tag: string,
  { programs = [], natives = [] }: { programs?: readonly string[]; natives?: readonly string[] } = {},
): Promise<string> {
  const npm = findOnPath('npm', process.env);
  if (npm === undefined) throw new Error('There is no npm on PATH.');
  const own = certificates();
  const shell = '#!/bin/sh\nexec node /usr/local/lib/npm/bin/npm-cli.js "$@"\n';
  const files = [
    ...program('/usr/local/bin/node', realpathSync(process.execPath)),
    ...program('/bin/sh', realpathSync('/bin/sh')),
    ...tree('/usr/local/lib/npm', join(realpathSync(npm), '..', '..')),
    { path: '/usr/local/bin/npm', content: Buffer.from(shell), mode: 0o755 },
    { path: '/etc/passwd', content: Buffer.from('root:x:0:0:root:/root:/bin/sh\n'), mode: 0o644 },
    { path: '/etc/group', content: Buffer.from('root:x:0:\n'), mode: 0o644 },
    ...programs.flatMap(named),
    ...natives.flatMap(librariesOf),
    ...own.files,
    { path: '/tmp/.keep', content: Buffer.from(''), mode: 0o644 },
  ];
  const unique = [...new Map(files.map((file) => [file.path, file])).values()];
  const reference = `${registry}/library/node:${tag}`;
  const env = { PATH: '/usr/local/bin:/usr/sbin:/usr/bin:/bin', HOME: '/root', ...own.env };
  const digest = await pushImage({ reference, files: unique, entrypoint: [], env, user: '0' });
  return `${reference}@${digest}`;
}
