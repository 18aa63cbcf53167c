import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { binaryCache } from '../../sandbox/binaries/places.ts';
import { withLock } from '../../sandbox/processes/lock.ts';
import type { Reached } from './gateway-stage.ts';
import { installPython } from './python-package.ts';

/** Two versions of the reference server of the protocol, side by side. */
export const EVERYTHING = ['2026.1.26', '2026.8.31'] as const;

type Versions = readonly [blue: string, green: string];

/** Installs the versions from npm, in the user's cache, if they are not there yet. Returns how each is started. */
export function installEverything(): Promise<Record<(typeof EVERYTHING)[number], Reached>> {
  return installNpm('everything', EVERYTHING, ['stdio']);
}

/** Two versions of `@modelcontextprotocol/server-<name>`, as processes with these arguments. */
export async function installNpm<V extends Versions>(
  name: string,
  versions: V,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Record<V[number], Reached>> {
  const home = join(dirname(binaryCache()), 'npm', `${name}-${versions.join('+')}`);
  const alias = (version: string): string => `${name}-${version.replaceAll('.', '-')}`;
  const dependencies = Object.fromEntries(
    versions.map((version) => [alias(version), `npm:@modelcontextprotocol/server-${name}@${version}`]),
  );
  await withLock(`npm ${home}`, async () => {
    if (existsSync(join(home, 'done'))) return;
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, 'package.json'), JSON.stringify({ private: true, dependencies }));
    const options = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    await promisify(execFile)('npm', options, { cwd: home });
    writeFileSync(join(home, 'done'), '');
  });
  return started(name, versions, (version) => ({
    command: process.execPath,
    args: [join(home, 'node_modules', alias(version), 'dist', 'index.js'), ...args],
    env,
  }));
}

/** Servers of one line of the Python SDK. They share a folder with what they need. */
export interface PythonLine {
  readonly sdk: '1' | '2';
  /** Each server with its two versions. */
  readonly servers: Readonly<Record<string, Versions>>;
}

/** Two versions of `mcp-server-<name>` from the Python package index, as processes with these arguments. */
export async function installPypi(
  { sdk, servers }: PythonLine,
  name: string,
  args: readonly string[] = [],
): Promise<Record<string, Reached>> {
  const versions = servers[name] as Versions;
  const constraints = fileURLToPath(new URL(`python-servers/mcp-${sdk}-constraints.txt`, import.meta.url));
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const allOf = (index: 0 | 1): string[] =>
    Object.entries(servers).map(([server, both]) => `mcp-server-${server}==${both[index]}`);
  const folderOf = (index: 0 | 1, alone: boolean): Promise<string> => {
    const requirements = allOf(index);
    const folder = requirements.join('+').replaceAll('mcp-server-', '').replaceAll('==', '-');
    return installPython({ name: folder, requirements, constraints, alone }, say);
  };
  const blue = await folderOf(0, false);
  // The newer one is found first, and has what it needs from the folder of the older one.
  const green = [await folderOf(1, true), blue].join(':');
  return started(name, versions, (version) => ({
    command: 'python3',
    args: ['-m', `mcp_server_${name}`, ...args],
    env: { PYTHONPATH: version === versions[0] ? blue : green, PYTHONDONTWRITEBYTECODE: '1' },
  }));
}

/** What the environment of a process says of the version that it is. */
export const processOf = (name: string, version: string): string => `TEST_SERVER=${name}@${version}`;

interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

function started<V extends Versions>(
  name: string,
  versions: V,
  by: (version: string) => Program,
): Record<V[number], Reached> {
  const reached = versions.map((version): [string, Reached] => {
    const { env, ...program } = by(version);
    const [variable = '', value = ''] = processOf(name, version).split('=');
    return [version, { transport: 'stdio', ...program, env: { ...env, [variable]: value } }];
  });
  return Object.fromEntries(reached) as Record<V[number], Reached>;
}
