// `npm run docs`: writes docs/generated/. See scripts/docs.ts.
import { runWithProjectNode } from './project-node.mjs';
import { setupOrExit } from './setup.mjs';

setupOrExit();
process.exit(await runWithProjectNode(['scripts/docs.ts', ...process.argv.slice(2)]));
