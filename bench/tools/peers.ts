import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { arch, platform } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

/** The other servers, by their names and versions in npm. */
export const PEERS = { 'kubernetes-mcp-server': '0.0.67', 'mcp-server-kubernetes': '4.1.7' } as const;
export type Peer = keyof typeof PEERS;

/** The command that starts each peer. */
export type Programs = Readonly<Record<Peer, readonly string[]>>;

/** Installs the peers into `folder` if they are missing. No install scripts run. */
export async function installPeers(folder: string, say: (line: string) => void): Promise<Programs> {
  const home = join(
    folder,
    Object.entries(PEERS)
      .map((pair) => pair.join('-'))
      .join('+'),
  );
  if (!existsSync(join(home, 'done'))) {
    say('installing the peers from npm, some 300 MB');
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, 'package.json'), JSON.stringify({ private: true, dependencies: PEERS }));
    const install = promisify(execFile)(
      'npm',
      ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
      { cwd: home },
    );
    await install.catch((error: Error) => {
      throw new Error(`The peers could not be installed: ${error.message.split('\n').slice(0, 3).join(' ')}`);
    });
    writeFileSync(join(home, 'done'), '');
  }
  return {
    'kubernetes-mcp-server': [binary(home)],
    'mcp-server-kubernetes': [
      process.execPath,
      join(home, 'node_modules', 'mcp-server-kubernetes', 'dist', 'index.js'),
    ],
  };
}

/** The program itself rather than its npm wrapper, which would add a second process and some time. */
function binary(home: string): string {
  const system = platform() === 'win32' ? 'windows' : platform();
  const name = `kubernetes-mcp-server-${system}-${arch() === 'x64' ? 'amd64' : arch()}`;
  return join(home, 'node_modules', name, 'bin', name);
}

/** One of the peers runs `kubectl` for each call. */
export function hasKubectl(path = process.env['PATH'] ?? ''): boolean {
  return path.split(delimiter).some((folder) => existsSync(join(folder, 'kubectl')));
}
