import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return 'not there';
  }
};

const names = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder).sort() : ['not there']);

/** Rules without counters and times. Empty where the program is missing. */
const rules = (program: string): string[] =>
  (spawnSync(program, { encoding: 'utf8' }).stdout ?? '').split('\n').filter((line) => /^-A|^:/.test(line));

const SYSCTLS = ['vm/overcommit_memory', 'vm/panic_on_oom', 'kernel/panic', 'kernel/panic_on_oops'];
const NETWORK = ['net/ipv4/ip_forward', 'net/ipv6/conf/all/forwarding'];
const PROGRAMS = ['containerd', 'containerd-shim', 'runc', 'kubelet', 'pause', 'app'];
const FOLDERS = ['var/lib/kubelet', 'run/containerd', 'var/lib/cni', 'var/log/pods', 'var/log/containers'];

function running(): Record<string, number> {
  const all = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map((pid) => read(`/proc/${pid}/comm`));
  return Object.fromEntries(PROGRAMS.map((name) => [name, all.filter((one) => one.startsWith(name)).length]));
}

/** Every cgroup of pods or of a sandbox, in all hierarchies. */
function cgroups(folder = '/sys/fs/cgroup', depth = 3): string[] {
  if (depth === 0) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => {
      const path = join(folder, name);
      return [...(/sluice|kubepods/.test(name) ? [path] : []), ...cgroups(path, depth - 1)];
    });
}

/** What containers may leave on a machine. Two of these before and after are compared. */
export function machineState() {
  return {
    mounts: read('/proc/self/mountinfo')
      .split('\n')
      .map((line) => line.split(' ').slice(3, 5).join(' at ')),
    interfaces: names('/sys/class/net'),
    networks: names('/run/netns'),
    rules: ['iptables-save', 'ip6tables-save'].flatMap(rules),
    cgroups: cgroups(),
    folders: FOLDERS.map((path) => `/${path}: ${existsSync(`/${path}`)}`),
    sysctls: [...SYSCTLS, ...NETWORK].map((path) => `${path}: ${read(`/proc/sys/${path}`)}`),
    running: running(),
  };
}
