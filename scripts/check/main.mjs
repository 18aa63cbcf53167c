import { spawn } from 'node:child_process';
import { ROOT } from '../root.mjs';
import { CHECKS } from './checks.mjs';

const started = Date.now();
if (process.argv.includes('--fix')) {
  for (const check of CHECKS) if (check.fix) await run({ ...check, command: check.fix });
}
const results = await Promise.all(CHECKS.map(runAndTell));
const failed = results.filter((result) => result.code !== 0);
for (const { check, output } of failed) {
  console.error(`\n── ${check.name} ──\n${output.trimEnd()}\n→ ${check.hint}`);
}
const seconds = Math.round((Date.now() - started) / 1000);
console.log(
  failed.length === 0
    ? `\nAll ${results.length} checks passed in ${seconds} s.`
    : `\n${failed.length} of ${results.length} checks failed in ${seconds} s: ${failed.map(({ check }) => check.name).join(', ')}.`,
);
process.exitCode = failed.length === 0 ? 0 : 1;

async function runAndTell(check) {
  const since = Date.now();
  const result = await run(check);
  console.log(`${result.code === 0 ? 'ok  ' : 'FAIL'} ${check.name} (${((Date.now() - since) / 1000).toFixed(1)} s)`);
  return result;
}

/** Runs one command and collects its output. PATH begins with node_modules/.bin here. */
function run(check) {
  const [program, ...args] = check.command;
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    child.on('error', (error) =>
      resolve({ check, code: 1, output: `${program} could not be started: ${error.message}` }),
    );
    child.on('close', (code) => resolve({ check, code: code ?? 1, output }));
  });
}
