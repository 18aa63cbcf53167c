import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { findOnPath } from '../binaries/search-path.ts';

/** What a machine needs for real pods, beside the kubelet, which is built. */
export interface RealPodPrograms {
  containerd: string;
  registry: string;
  /** Folder of the CNI plugins. */
  plugins: string;
}

/** The programs of a machine that can run real pods, or every reason why it cannot. */
export type Capability = { programs: RealPodPrograms } | { missing: string[] };

/** util-linux and iproute2 have the last three. */
const PROGRAMS = ['containerd', 'runc', 'unshare', 'mount', 'ip'];
/** Debian calls the program docker-registry. */
const REGISTRIES = ['docker-registry', 'registry'];
const PLUGINS = ['bridge', 'host-local', 'loopback'];
const PLUGIN_FOLDERS = ['/opt/cni/bin', '/usr/lib/cni', '/usr/libexec/cni'];

const INSTALL =
  'On Debian: apt-get install --no-install-recommends containerd runc containernetworking-plugins docker-registry iproute2.';

const hasOverlay = (): boolean => /\boverlay$/m.test(readFileSync('/proc/filesystems', 'utf8'));

const canUnshare = (): boolean =>
  spawnSync('unshare', ['--mount', '--pid', '--fork', 'true'], { timeout: 5_000 }).status === 0;

/** Debian has some of these programs in sbin, which is not on every PATH. */
export const rootPath = (): string => `${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`;

/** Looks at this machine and changes nothing on it. */
export function capabilityOf(path = rootPath()): Capability {
  const search = (name: string): string | undefined => findOnPath(name, { PATH: path });
  if (process.platform !== 'linux') return { missing: ['another system than Linux'] };
  const missing: string[] = [];
  if (process.getuid?.() !== 0) missing.push('the user is not root');
  missing.push(...PROGRAMS.filter((name) => !search(name)).map((name) => `no ${name} on PATH`));
  const registry = REGISTRIES.map((name) => search(name)).find(Boolean);
  if (!registry) missing.push(`no ${REGISTRIES.join(' or ')} on PATH`);
  const plugins = PLUGIN_FOLDERS.find((folder) => PLUGINS.every((name) => existsSync(join(folder, name))));
  if (!plugins) missing.push(`no CNI plugins ${PLUGINS.join(', ')} in ${PLUGIN_FOLDERS.join(', ')}`);
  if (!hasOverlay()) missing.push('the kernel has no overlay file system');
  if (missing.length === 0 && !canUnshare()) missing.push('this machine allows no new mount and PID namespaces');
  const containerd = search('containerd');
  return missing.length > 0 || !containerd || !registry || !plugins
    ? { missing }
    : { programs: { containerd, registry, plugins } };
}

/** Throws with every reason at once. */
export function requireRealPods(path?: string): RealPodPrograms {
  const capability = capabilityOf(path);
  if ('programs' in capability) return capability.programs;
  throw new Error(
    `This machine cannot run real pods: ${capability.missing.join('; ')}. ${INSTALL} Without --real-pods the sandbox pretends its pods.`,
  );
}
