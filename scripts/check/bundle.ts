// Bundles the workflows as a worker does. It fails for imports that the sandbox of a workflow cannot load.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { ROOT } from '../root.mjs';

const workflowsPath = join(ROOT, 'workflows', 'index.ts');
if (!existsSync(workflowsPath)) {
  console.error('workflows/index.ts is missing.');
  process.exit(1);
}

const problems = new DefaultLogger('WARN', ({ level, message }) => console.error(`${level} ${message}`));
const workflowInterceptorModules = [join(ROOT, 'workflows', 'tracing.ts')];
const { code } = await bundleWorkflowCode({ workflowsPath, workflowInterceptorModules, logger: problems });
console.log(`${(code.length / 1e6).toFixed(2)} MB`);
