import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The upstream that every contender serves, and the other bridges between stdio and HTTP, by their versions in npm. */
const PACKAGES = {
  '@modelcontextprotocol/server-everything': '2026.8.31',
  supergateway: '4.0.0',
  'mcp-proxy': '6.7.19',
  'mcp-remote': '0.15.1',
} as const;

export interface Programs {
  /** The command of the upstream, over stdio. */
  readonly upstream: readonly string[];
  /** The command of the same server, over Streamable HTTP. The variable PORT names its port. */
  readonly httpUpstream: readonly string[];
  readonly supergateway: string;
  readonly mcpProxy: string;
  /** From a stdio client to a server over HTTP. */
  readonly mcpRemote: string;
}

/** Installs the packages into `folder` if they are missing. No install scripts run. */
export async function installPeers(folder: string, say: (line: string) => void): Promise<Programs> {
  const home = join(folder, Object.values(PACKAGES).join('+'));
  if (!existsSync(join(home, 'done'))) {
    say('installing the upstream and the peers from npm');
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, 'package.json'), JSON.stringify({ private: true, dependencies: PACKAGES }));
    const options = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    await promisify(execFile)('npm', options, { cwd: home });
    writeFileSync(join(home, 'done'), '');
  }
  const modules = join(home, 'node_modules');
  const everything = join(modules, '@modelcontextprotocol/server-everything/dist/index.js');
  return {
    upstream: [process.execPath, everything, 'stdio'],
    httpUpstream: [process.execPath, everything, 'streamableHttp'],
    supergateway: join(modules, '.bin', 'supergateway'),
    mcpProxy: join(modules, '.bin', 'mcp-proxy'),
    mcpRemote: join(modules, '.bin', 'mcp-remote'),
  };
}
