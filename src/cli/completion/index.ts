import { setTimeout as sleep } from 'node:timers/promises';
import { Argument, type Command as Cli } from 'commander';
import { cleanText } from '../../domain/safe-text.ts';
import type { CliDeps } from '../deps.ts';
import { possible, type Candidate, type Possible } from './candidates.ts';
import { namesOf } from './names.ts';
import { readSnapshot, writeSnapshot, type Asked } from './snapshot.ts';
import type { Names } from './sources.ts';
import { SCRIPTS, SHELLS, type Shell } from './scripts.ts';

/** Time limit without a snapshot, because the user is waiting. Names that are not known by then are left out. */
const PATIENCE_MS = 2000;
/** A lookup in the background has this long. */
const REFRESH_MS = 10_000;
/** An older snapshot is offered too, and is renewed in the background for the next time. */
const FRESH_MS = 3_000;
/** An older snapshot is not offered. */
const STALE_MS = 3_600_000;

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
    .option('--refresh', 'look the names up for the next time, and print nothing')
    .action(async (words: string[], { refresh = false }: { refresh?: boolean }) => {
      const found = await candidates(program, deps, words, refresh);
      if (found.length > 0 && !refresh) deps.io.out(found.map(line).join('\n'));
    });
}

function line({ value, about }: Candidate): string {
  return about === '' ? value : `${value}\t${cleanText(about, 80).replaceAll(/\s+/g, ' ')}`;
}

async function candidates(
  program: Cli,
  deps: CliDeps,
  words: readonly string[],
  refresh: boolean,
): Promise<readonly Candidate[]> {
  const current = words.at(-1) ?? '';
  const next = possible(program, words.slice(0, -1), current);
  const all = [...next.words, ...(await looked(deps, next, { words, current, refresh }))];
  return all.filter(({ value }) => value.startsWith(current));
}

interface Line {
  readonly words: readonly string[];
  readonly current: string;
  readonly refresh: boolean;
}

/** Returns names, or nothing. Commands report an unreachable cluster or a wrong setting. Completion never does. */
async function looked(
  deps: CliDeps,
  { source, cluster }: Possible,
  { words, current, refresh }: Line,
): Promise<readonly Candidate[]> {
  if (source === undefined) return [];
  if (typeof source !== 'string') return source.map((value) => ({ value, about: '' }));
  try {
    const { settings } = deps.load({ set: {} });
    const lookup = () => namesOf(source, { deps, settings, current, cluster });
    const [namespace] = current.includes('/') ? current.split('/') : [];
    const asked = { source, cluster, namespace, settings };
    const names = IN_MEMORY.includes(source)
      ? await lookup()
      : await kept(asked, lookup, refresh ? undefined : () => deps.refresh(words));
    return names.map((value) => ({ value, about: '' }));
  } catch {
    return [];
  }
}

/** Names that need no lookup. */
const IN_MEMORY: readonly Names[] = ['tool', 'setting'];

/**
 * The names of the snapshot, at once. `renew` looks them up in another process, for the next time. Without `renew`, or
 * without a snapshot, they are looked up here.
 */
async function kept(
  asked: Asked,
  lookup: () => Promise<readonly string[]>,
  renew?: () => void,
): Promise<readonly string[]> {
  const known = renew && readSnapshot(asked);
  const age = known ? Date.now() - known.at : Infinity;
  if (known && age <= STALE_MS) {
    if (age > FRESH_MS) renew();
    return known.names;
  }
  const found = lookup().then((names) => {
    writeSnapshot(asked, names, Date.now());
    return names;
  });
  const late = sleep(renew ? PATIENCE_MS : REFRESH_MS, undefined, { ref: false });
  const names = await Promise.race([found, late]);
  // This process ends now, so another one finishes the lookup.
  if (!names) renew?.();
  return names ?? [];
}
