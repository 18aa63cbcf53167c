// Writes docs/generated/ from the code that it describes, and what the chart in deploy/ has from elsewhere. `--check`
// writes nothing and fails when a page is not up to date.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { causesPage } from './docs/causes.ts';
import { chartSchema } from './docs/chart-schema.ts';
import { cliPage } from './docs/cli.ts';
import { deploymentSchema } from './docs/deployment-schema.ts';
import { errorsPage } from './docs/errors.ts';
import { releaseSchema } from './docs/release-schema.ts';
import { settingsPage } from './docs/settings.ts';
import { toolsPage } from './docs/tools.ts';
import { ROOT } from './root.mjs';

const PAGES: Readonly<Record<string, () => string>> = {
  'docs/generated/errors.md': errorsPage,
  'docs/generated/causes.md': causesPage,
  'docs/generated/tools.md': toolsPage,
  'docs/generated/cli.md': cliPage,
  'docs/generated/settings.md': settingsPage,
  'docs/generated/release-file.schema.json': releaseSchema,
  'docs/generated/deployment-file.schema.json': deploymentSchema,
  'deploy/chart/values.schema.json': chartSchema,
  // A chart can read its own folder only.
  'deploy/chart/files/rbac.yaml': () => readFileSync(join(ROOT, 'deploy/rbac.yaml'), 'utf8'),
};

const check = process.argv.includes('--check');
const stale: string[] = [];
for (const [name, page] of Object.entries(PAGES)) {
  const path = join(ROOT, name);
  const wanted = page();
  if (existsSync(path) && readFileSync(path, 'utf8') === wanted) continue;
  if (check) stale.push(name);
  else write(path, wanted);
}
if (stale.length > 0) {
  console.error(`Not up to date: ${stale.join(', ')}`);
  process.exitCode = 1;
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  console.log(`Wrote ${path.slice(ROOT.length + 1)}`);
}
