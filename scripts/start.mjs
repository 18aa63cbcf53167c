// `npm start`: installs what is missing, then starts everything. See src/entry/start.ts.
import { runWithProjectNode } from './project-node.mjs';
import { setupOrExit } from './setup.mjs';

setupOrExit();
process.exit(await runWithProjectNode(['src/entry/start.ts', ...process.argv.slice(2)]));
