import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The upstream that every contender serves, and the other bridges from stdio to HTTP, by their versions in npm. */
const PACKAGES = {
  '@modelcontextprotocol/server-everything': '2026.8.31',
  supergateway: '4.0.0',
  'mcp-proxy': '6.7.19',
} as const;

export interface Programs {
  /** The command of the upstream, over stdio. */
  readonly upstream: readonly string[];
  readonly supergateway: string;
  readonly mcpProxy: string;
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
    supergateway: join(modules, '.bin', 'supergateway'),
    mcpProxy: join(modules, '.bin', 'mcp-proxy'),
  };
}
