// `npm run check`: everything that can be said about the code without running it. All checks run side by side and all
// failures are shown together. `npm run check -- --fix` lets eslint and the generated pages repair themselves first.
import { runWithProjectNode } from './project-node.mjs';
import { setupOrExit } from './setup.mjs';

setupOrExit();
process.exit(await runWithProjectNode(['scripts/check/main.mjs', ...process.argv.slice(2)]));
