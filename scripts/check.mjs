// `npm run check`: all checks that do not run the code. They run in parallel, and all failures are shown together. With
// `npm run check -- --fix` the formatter, eslint and the generated pages repair themselves first.
import { runWithProjectNode } from './project-node.mjs';
import { setupOrExit } from './setup.mjs';

setupOrExit();
process.exit(await runWithProjectNode(['scripts/check/main.mjs', ...process.argv.slice(2)]));
