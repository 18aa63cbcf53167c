// `npm run matrix`: releases in every state meet every fault, with every strategy; all cells of the table run. With
// `-- --list` nothing runs: it prints the cells, and what fills each one. See test/e2e/states-by-faults.ts.
import { runInOwnTemporaryFolder } from './own-temporary.mjs';
import { setupOrExit } from './setup.mjs';

const args = process.argv.slice(2);
const LIST = ['--import', './test/e2e/without-jest.mjs', 'test/e2e/list-cells.ts'];
const RUN = ['scripts/run-tests/main.ts', 'test/e2e/releases', ...args];

setupOrExit();
process.exit(
  await (args.includes('--list')
    ? runInOwnTemporaryFolder(LIST)
    : runInOwnTemporaryFolder(RUN, { SLUICE_MATRIX: '1' })),
);
