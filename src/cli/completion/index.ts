import { setTimeout as sleep } from 'node:timers/promises';
import { Argument, type Command as Cli } from 'commander';
import { cleanText } from '../../domain/safe-text.ts';
import type { CliDeps } from '../deps.ts';
import { possible, type Candidate, type Possible } from './candidates.ts';
import { namesOf } from './names.ts';
import { SCRIPTS, SHELLS, type Shell } from './scripts.ts';

/** Time limit, because the user is waiting. Names that are not known by then are left out. */
const PATIENCE_MS = 2000;

/** `sluice completion <shell>`, and the hidden `sluice complete -- <words>` that its scripts call. */
export function addCompletion(program: Cli, deps: CliDeps): void {
  program
    .command('completion')
    .description('Print a script that completes commands, flags and names in a shell')
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .action((shell: Shell) => deps.io.out(SCRIPTS[shell]));
  program
    .command('complete', { hidden: true })
    .description(
      'Print what may come next, a word and its meaning on each line; the last word is the one under the cursor',
    )
    .argument('[words...]')
    .action(async (words: string[]) => {
      const found = await candidates(program, deps, words);
      if (found.length > 0) deps.io.out(found.map(line).join('\n'));
    });
}

function line({ value, about }: Candidate): string {
  return about === '' ? value : `${value}\t${cleanText(about, 80).replaceAll(/\s+/g, ' ')}`;
}

async function candidates(program: Cli, deps: CliDeps, words: readonly string[]): Promise<readonly Candidate[]> {
  const current = words.at(-1) ?? '';
  const next = possible(program, words.slice(0, -1), current);
  const all = [...next.words, ...(await looked(deps, next, current))];
  return all.filter(({ value }) => value.startsWith(current));
}

/** Returns names, or nothing. Commands report an unreachable cluster or a wrong setting. Completion never does. */
async function looked(deps: CliDeps, { source, cluster }: Possible, current: string): Promise<readonly Candidate[]> {
  if (source === undefined) return [];
  if (typeof source !== 'string') return source.map((value) => ({ value, about: '' }));
  try {
    const { settings } = deps.load({ set: {} });
    const names = await Promise.race([
      namesOf(source, { deps, settings, current, cluster }),
      sleep(PATIENCE_MS, [], { ref: false }),
    ]);
    return names.map((value) => ({ value, about: '' }));
  } catch {
    return [];
  }
}
