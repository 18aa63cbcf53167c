// `npm run bench` and its parts: sets up what is missing, then measures; see bench/.
import { runWithProjectNode } from './project-node.mjs';
import { setupOrExit } from './setup.mjs';

const [part = 'main.ts', ...args] = process.argv[2]?.endsWith('.ts')
  ? process.argv.slice(2)
  : ['main.ts', ...process.argv.slice(2)];

setupOrExit();
process.exit(await runWithProjectNode([`bench/${part}`, ...args]));
