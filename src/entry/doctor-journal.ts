import { createJournal, journalPlace } from '../adapters/journal/index.ts';
import type { Report } from '../cli/deps.ts';
import type { Settings } from '../config/schema.ts';
import { report } from './doctor-report.ts';

/** Opens the journal, which creates it if there is none, and reads its newest line. */
export function journalCheck(settings: Pick<Settings, 'journal' | 'home' | 'journalRetention'>): Promise<Report> {
  return report('journal', async () => {
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
