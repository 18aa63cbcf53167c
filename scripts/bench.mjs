// `npm run bench`: sets up what is missing, then measures; see bench/main.ts.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runWithProjectNode } from './project-node.mjs';
import { ROOT } from './root.mjs';
import { setupOrExit } from './setup.mjs';

setupOrExit();
if (!existsSync(join(ROOT, 'bench', 'main.ts'))) {
  console.error('There is no bench/main.ts in this version: nothing to measure.');
  process.exit(1);
}
process.exit(await runWithProjectNode(['bench/main.ts', ...process.argv.slice(2)]));
