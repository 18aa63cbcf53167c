import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { stripVTControlCharacters } from 'node:util';
import { SluiceError } from '../../domain/errors.ts';
import { cleanText, maskSecrets } from '../../domain/safe-text.ts';
import { CONFORMANCE_REVISION, type Scenario, type ScenarioResult } from '../../domain/servers/conformance.ts';
import type { ConformancePort } from '../../ports/conformance.ts';
import { inTemporaryFolder } from '../local/temporary-folder.ts';
import { withCredential } from './relay.ts';

/** npm fetches the suite before the first scenario. */
const LIMIT_MS = 120_000;
const NPX = ['npx', '--yes', '@modelcontextprotocol/conformance@0.1.16'] as const;
const MAX_WHY = 200;

/** `program`: the suite's own program; default: npx fetches its released version. */
export function createConformance(program?: string, env: NodeJS.ProcessEnv = process.env): ConformancePort {
  const [command, ...first] = program === undefined ? NPX : ([program] as const);
  return {
    run: (address, scenarios, token) =>
      withCredential(address, token, (url) =>
        inTemporaryFolder('sluice-conformance-', async (cwd) => {
          const results: ScenarioResult[] = [];
          for (const scenario of scenarios) {
            const words = ['server', '--url', url, '--scenario', scenario, '--spec-version', CONFORMANCE_REVISION];
            results.push(resultOf(scenario, await output(command, [...first, ...words], cwd, env)));
          }
          return results;
        }),
      ),
  };
}

/** Its exit code is that of a failed check too, so only what it prints tells both apart. */
async function output(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn(command, args, { cwd, env, timeout: LIMIT_MS, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<void>((resolve, reject) => child.on('error', reject).on('close', () => resolve()));
  try {
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return stripVTControlCharacters(`${out}\n${err}`);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw unavailable(`${command} does not exist, or is not on PATH`, cause);
  }
}

function resultOf(scenario: Scenario, printed: string): ScenarioResult {
  const [, passed, failed] = /^Passed: (\d+)\/\d+, (\d+) failed/m.exec(printed) ?? [];
  if (passed === undefined || failed === undefined)
    throw unavailable(`${scenario}: ${printed.trim().split('\n').slice(-3).join(' ')}`);
  const why = /^ +Error: (.+)$/m.exec(printed)?.[1];
  return {
    ...{ scenario, passed: Number(passed), failed: Number(failed) },
    ...(why === undefined ? {} : { why: maskSecrets(cleanText(why, MAX_WHY)) }),
  };
}

function unavailable(why: string, cause?: unknown): SluiceError {
  const message = `The conformance suite does not run: ${maskSecrets(cleanText(why, 400))}`;
  return new SluiceError('SERVER_CONFORMANCE_UNAVAILABLE', message, { cause });
}
