import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { createJournal, journalFile, journalPlace } from '../adapters/journal/index.ts';
import { finding, type Finding } from '../commands/doctor-check.ts';
import type { Settings } from '../config/schema.ts';

const NAME = 'journal';

/** Opens the journal and reads its newest line. A file that does not exist is not made: its path may be a mistake. */
export function journalCheck(settings: Pick<Settings, 'journal' | 'home' | 'journalRetention'>): Promise<Finding> {
  const file = journalFile(settings);
  if (file !== undefined && !existsSync(file)) return Promise.resolve(notMade(file));
  return finding(NAME, async () => {
    const journal = createJournal(settings);
    try {
      const [latest] = await journal.releases({ limit: 1 });
      const holds = latest ? `its newest release began ${new Date(latest.startedAt).toISOString()}` : 'it is empty';
      return `${journalPlace(settings)}, kept for ${settings.journalRetention}; ${holds}`;
    } finally {
      await journal.close();
    }
  });
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
