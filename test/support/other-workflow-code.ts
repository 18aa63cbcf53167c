import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const RELEASE = 'workflows/release.ts';

/** Workflow code that cannot replay a release of the present code: its first command is a timer. Returns the bundle. */
export async function otherWorkflowCode(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-other-code-'));
  try {
    for (const part of ['workflows', 'activities', 'src', 'package.json', 'tsconfig.json'])
      cpSync(join(ROOT, part), join(folder, part), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    withTimerFirst(join(folder, RELEASE));
    const logger = new DefaultLogger('ERROR');
    return (await bundleWorkflowCode({ workflowsPath: join(folder, 'workflows/index.ts'), logger })).code;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const FIRST = '  nameChain(run);\n';

function withTimerFirst(path: string): void {
  const before = readFileSync(path, 'utf8');
  const after = before
    .replace(FIRST, `${FIRST}  await sleep(1);\n`)
    .replace('  condition,\n', '  condition,\n  sleep,\n');
  if (after.length < before.length + FIRST.length) throw new Error(`${path} does not begin as expected`);
  writeFileSync(path, after);
}
