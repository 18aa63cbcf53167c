// `npm run bench` and its variants. It installs what is missing, then measures. See bench/.
import { runInOwnTemporaryFolder } from './own-temporary.mjs';
import { setupOrExit } from './setup.mjs';

const [part = 'main.ts', ...args] = process.argv[2]?.endsWith('.ts')
  ? process.argv.slice(2)
  : ['main.ts', ...process.argv.slice(2)];

setupOrExit();
process.exit(await runInOwnTemporaryFolder([`bench/${part}`, ...args]));
