// `npm test`: installs what is missing, then runs every test. See scripts/run-tests/.
import { runInOwnTemporaryFolder } from './own-temporary.mjs';
import { setupOrExit } from './setup.mjs';

setupOrExit();
process.exit(await runInOwnTemporaryFolder(['scripts/run-tests/main.ts', ...process.argv.slice(2)]));
