import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  createJournal,
  journalFile,
  journalPlace,
  journalSchema,
  type JournalSettings,
} from '../adapters/journal/index.ts';
import { finding, type Finding } from '../commands/doctor-check.ts';
import type { Settings } from '../config/schema.ts';

const NAME = 'journal';

/**
 * Compares the schema of the journal with that of this program, and reads the newest line. An older schema is left as
 * it is. A file that does not exist is not made: its path may be a mistake.
 */
export function journalCheck(settings: Pick<Settings, 'journal' | 'home' | 'journalRetention'>): Promise<Finding> {
  const file = journalFile(settings);
  if (file !== undefined && !existsSync(file)) return Promise.resolve(notMade(file));
  return finding(NAME, async () => {
    const schema = await journalSchema(settings);
    if (schema.found < schema.own) return older(settings, schema);
    const journal = createJournal(settings);
    try {
      const [latest] = await journal.releases({ limit: 1 });
      const holds = latest ? `its newest release began ${new Date(latest.startedAt).toISOString()}` : 'it is empty';
      return `${journalPlace(settings)}, schema ${schema.found} as in this version, kept for ${settings.journalRetention}; ${holds}`;
    } finally {
      await journal.close();
    }
  });
}

/** Programs of an older version refuse the journal from then on, so nothing is brought up by a look. */
function older(settings: JournalSettings, { found, own }: { readonly found: number; readonly own: number }): Finding {
  const place = journalPlace(settings);
  if (found === 0)
    return { name: NAME, state: 'ok', detail: `${place} has no tables yet; a worker or a server makes them` };
  return {
    name: NAME,
    state: 'missing',
    detail: `${place} has schema ${found}, and this version has schema ${own}`,
    next: `Start a worker or a server of this version: it brings the journal to schema ${own}. Older versions cannot open it after that, so update all of them.`,
  };
}

function notMade(file: string): Finding {
  const folder = nearest(dirname(file));
  if (isWritable(folder))
    return { name: NAME, state: 'ok', detail: `${file} does not exist yet; a worker or a server makes it` };
  return {
    name: NAME,
    state: 'missing',
    detail: `${file} does not exist, and ${folder} is no folder in which it can be made`,
    next: 'Correct SLUICE_JOURNAL, or make the folder writable.',
  };
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return statSync(folder).isDirectory();
  } catch {
    return false;
  }
}

/** The folder itself, or the nearest one above it that exists. */
function nearest(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearest(dirname(folder));
}
