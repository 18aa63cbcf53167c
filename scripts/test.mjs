// `npm test`: installs what is missing, then runs every test. See scripts/run-tests/.
import { runWithProjectNode } from './project-node.mjs';
import { setupOrExit } from './setup.mjs';

setupOrExit();
process.exit(await runWithProjectNode(['scripts/run-tests/main.ts', ...process.argv.slice(2)]));
