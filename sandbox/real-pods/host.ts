import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

import { hostNames, realPodsFolder } from './names.ts';
import type { HostNames } from './names.ts';
import { rootPath } from './requirements.ts';

const run = promisify(execFile);
const ip = (args: string[]) => run('ip', args, { env: { ...process.env, PATH: rootPath() } });
const CGROUPS = '/sys/fs/cgroup';

/** Paths in the code of containerd, CNI and the kubelet. init.sh mounts folders of the sandbox there. */
const MOUNT_POINTS = ['run/containerd', 'var/lib/cni', 'var/lib/kubelet', 'var/log/containers', 'var/log/pods'];

/** The values that a kubelet wants. It writes them into /proc/sys if they differ (pkg/kubelet/cm, 1.34). */
const SYSCTLS: Readonly<Record<string, number>> = {
  'vm.overcommit_memory': 1,
  'vm.panic_on_oom': 0,
  'kernel.panic': 10,
  'kernel.panic_on_oops': 1,
  'kernel.keys.root_maxkeys': 1_000_000,
  'kernel.keys.root_maxbytes': 25_000_000,
};

/** One folder with version 2 of cgroups, one for each controller with version 1. */
function hierarchies(): string[] {
  if (existsSync(join(CGROUPS, 'cgroup.controllers'))) return [CGROUPS];
  return readdirSync(CGROUPS, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(CGROUPS, entry.name, 'cgroup.procs')))
    .map((entry) => join(CGROUPS, entry.name));
}

async function refuseForeignSubnet({ bridge, subnet, address }: HostNames): Promise<void> {
  const { stdout } = await ip(['-o', 'route', 'show', 'table', 'all', 'root', '10.244.0.0/16']);
  const [foreign] = stdout.split('\n').filter((line) => line.includes(address.replace(/\.1$/, '.')) && line !== '');
  if (foreign !== undefined && !foreign.includes(` ${bridge} `))
    throw new Error(`The network ${subnet} of real pods is in use on this machine: ${foreign.trim()}.`);
}

/** Creates what real pods need on the machine: mount points, a bridge, and a cgroup. */
export async function prepareHost(stateDir: string, range: number): Promise<void> {
  const names = hostNames(range);
  const folder = realPodsFolder(stateDir);
  await refuseForeignSubnet(names);
  for (const path of MOUNT_POINTS) mkdirSync(join(folder, 'root', path), { recursive: true });
  const made = MOUNT_POINTS.map((path) => `/${path}`).filter((path) => !existsSync(path));
  if (made.length > 0) writeFileSync(join(folder, 'made.json'), JSON.stringify(made));
  for (const path of made) mkdirSync(path, { recursive: true });
  mkdirSync(join(folder, 'sysctl'), { recursive: true });
  for (const [name, value] of Object.entries(SYSCTLS)) writeFileSync(join(folder, 'sysctl', name), `${value}\n`);
  await ip(['link', 'add', names.bridge, 'type', 'bridge']);
  await ip(['address', 'add', `${names.address}/24`, 'dev', names.bridge]);
  await ip(['link', 'set', names.bridge, 'up']);
  for (const root of hierarchies()) mkdirSync(join(root, names.cgroup), { recursive: true });
}

/** A cgroup has files that belong to the kernel, so only its folders are removed, the innermost first. */
function removeCgroup(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) removeCgroup(join(folder, entry.name));
  rmdirSync(folder);
}

/** The kernel ends the processes of a PID namespace shortly after its first one. */
async function removeCgroups(name: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const left = hierarchies()
      .map((root) => join(root, name))
      .filter((folder) => existsSync(folder));
    try {
      left.forEach(removeCgroup);
      return;
    } catch (error) {
      if (Date.now() > deadline) throw new Error(`The cgroup ${name} has processes that do not end.`, { cause: error });
      await pause(50);
    }
  }
}

/** A folder that somebody else has filled meanwhile stays. */
function removeIfEmpty(path: string): void {
  try {
    rmdirSync(path);
  } catch {
    // It is not empty, or it is gone.
  }
}

/**
 * Removes everything that prepareHost has made, and the containers' files. The processes of the sandbox have ended.
 * Succeeds also if nothing is there.
 */
export async function cleanHost(stateDir: string, range: number): Promise<void> {
  const { bridge, cgroup } = hostNames(range);
  const folder = realPodsFolder(stateDir);
  if (existsSync(`/sys/class/net/${bridge}`)) await ip(['link', 'delete', bridge]);
  await removeCgroups(cgroup);
  const list = join(folder, 'made.json');
  if (existsSync(list)) (JSON.parse(readFileSync(list, 'utf8')) as string[]).forEach(removeIfEmpty);
  rmSync(folder, { recursive: true, force: true });
}
