import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { binaryCache } from '../../sandbox/binaries/places.ts';
import type { Reached } from './gateway-stage.ts';

/** Two versions of the reference server of the protocol, side by side. */
export const EVERYTHING = ['2026.1.26', '2026.8.31'] as const;

/** Installs the versions from npm, in the user's cache, if they are not there yet. Returns how each is started. */
export async function installEverything(): Promise<Record<(typeof EVERYTHING)[number], Reached>> {
  const home = join(dirname(binaryCache()), 'npm', `everything-${EVERYTHING.join('+')}`);
  if (!existsSync(join(home, 'done'))) {
    mkdirSync(home, { recursive: true });
    const aliases = EVERYTHING.map((version): [string, string] => [
      alias(version),
      `npm:@modelcontextprotocol/server-everything@${version}`,
    ]);
    writeFileSync(
      join(home, 'package.json'),
      JSON.stringify({ private: true, dependencies: Object.fromEntries(aliases) as Record<string, string> }),
    );
    const options = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    await promisify(execFile)('npm', options, { cwd: home });
    writeFileSync(join(home, 'done'), '');
  }
  const reached = EVERYTHING.map((version): [string, Reached] => {
    const args = [join(home, 'node_modules', alias(version), 'dist', 'index.js'), 'stdio'];
    return [version, { transport: 'stdio', command: process.execPath, args, env: {} }];
  });
  return Object.fromEntries(reached) as Record<(typeof EVERYTHING)[number], Reached>;
}

function alias(version: string): string {
  return `everything-${version.replaceAll('.', '-')}`;
}
