// `npm run test:older-helm`: the tests of Helm on the sandbox, with Helm 3 instead of 4. It is built if it cannot be
// had otherwise. CI does not run it.
import { runWithProjectNode } from './project-node.mjs';
import { setupOrExit } from './setup.mjs';

const TESTS = ['helm-reads', 'helm-writes', 'release-helm'].map((name) => `test/tools/${name}`);

setupOrExit();
process.exit(await runWithProjectNode(['scripts/run-tests/main.ts', ...TESTS], { SLUICE_TEST_HELM: '3' }));
