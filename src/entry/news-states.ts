import type { JournalSettings } from '../adapters/journal/index.ts';
import type { Settings } from '../config/schema.ts';
import type { NewsStatesPort } from '../ports/news.ts';

/** The receivers of the settings, with what the outbox knows of them. The database is open only during a call. */
export function newsStates(settings: JournalSettings & Pick<Settings, 'news'>): NewsStatesPort {
  return {
    receivers: async () => {
      if (settings.news.length === 0) return [];
      const { createNews } = await import('../adapters/journal/index.ts');
      const outbox = createNews(settings);
      try {
        const states = await outbox.states();
        return settings.news.map((receiver) => {
          const state = states.find((one) => one.receiver === receiver.name);
          return { receiver, ...(state && { state }) };
        });
      } finally {
        await outbox.close();
      }
    },
  };
}
