import { createNews, type JournalSettings } from '../adapters/journal/index.ts';
import { newsSender } from '../adapters/webhooks/index.ts';
import { serverAddress } from '../commands/server-address.ts';
import type { Settings } from '../config/schema.ts';
import { parseReleaseId } from '../domain/release/target.ts';
import { reportPath } from '../domain/report/report-address.ts';
import type { NewsDeps } from './news.ts';

type NewsSettings = JournalSettings & Pick<Settings, 'host' | 'mcpPort'>;

/** What the delivery of news needs. It opens nothing before its first use. */
export function newsDeps(settings: NewsSettings): NewsDeps {
  const server = serverAddress(settings);
  return {
    outbox: createNews(settings),
    send: newsSender(),
    now: Date.now,
    report: ({ about, runId }) => {
      if (about.kind !== 'release') return undefined;
      const target = parseReleaseId(about.id);
      return target ? `${server}${reportPath(target, runId, 'html')}` : server;
    },
  };
}
