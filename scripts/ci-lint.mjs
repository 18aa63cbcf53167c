// `npm run lint:ci`: actionlint over the templates of GitHub Actions, and the schema of gitlab-ci-local over that of
// GitLab. It needs Go and the registries of Go and npm, so neither `npm test` nor CI runs it.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './root.mjs';

const EXAMPLES = join(ROOT, 'examples', 'ci');
const WORKFLOWS = ['check.yml', 'deliver.yml'].map((name) => join(EXAMPLES, 'github', name));
const folder = mkdtempSync(join(tmpdir(), 'sluice-ci-lint-'));
copyFileSync(join(EXAMPLES, 'gitlab-ci.yml'), join(folder, '.gitlab-ci.yml'));
const CALLS = [
  ['go', ['run', 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.7', ...WORKFLOWS], ROOT],
  // It reads a repository only.
  ['git', ['init', '--quiet'], folder],
  ['npx', ['--yes', 'gitlab-ci-local@4.75.1', '--list'], folder],
];

let failed = 0;
try {
  for (const [program, args, cwd] of CALLS) {
    const { status, error } = spawnSync(program, args, { cwd, stdio: 'inherit' });
    if (error) console.error(`${program} could not be started: ${error.message}`);
    if (status !== 0) failed += 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(failed === 0 ? 'The templates have no fault.' : `${failed} of ${CALLS.length} checks failed.`);
process.exit(failed === 0 ? 0 : 1);
