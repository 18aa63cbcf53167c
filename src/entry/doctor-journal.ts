import { createJournal, journalPlace } from '../adapters/journal/index.ts';
import { finding, type Finding } from '../commands/doctor-check.ts';
import type { Settings } from '../config/schema.ts';

/** Opens the journal, which creates it if it does not exist, and reads its newest line. */
export function journalCheck(settings: Pick<Settings, 'journal' | 'home' | 'journalRetention'>): Promise<Finding> {
  return finding('journal', async () => {
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
