// The Git server's process, on loopback only: node main.ts <config file with {root, port}>
import { mkdirSync, readFileSync } from 'node:fs';

import { gitServer } from './server.ts';

const config = JSON.parse(readFileSync(process.argv[2] ?? 'git.json', 'utf8')) as { root: string; port: number };
mkdirSync(config.root, { recursive: true });
gitServer(config.root).listen(config.port, '127.0.0.1', () => console.log(`serving ${config.root}`));
