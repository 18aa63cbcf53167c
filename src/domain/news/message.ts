import { parseReleaseId } from '../release/target.ts';
import { cleanText, maskSecrets } from '../safe-text.ts';
import type { News } from './news.ts';

/** `webhook`: JSON as Standard Webhooks recommends it. `cloudevents`: CloudEvents 1.0, structured. `slack`: a text. */
export const NEWS_FORMATS = ['webhook', 'cloudevents', 'slack'] as const;
export type NewsFormat = (typeof NEWS_FORMATS)[number];

/** The body of a message, and its media type. */
export interface NewsMessage {
  readonly id: string;
  readonly type: string;
  readonly body: string;
}

const safe = (text: string): string => maskSecrets(cleanText(text, 1_000));

/** `report`: the address of the report of the run. */
export function messageOf(news: News, format: NewsFormat, report: string): NewsMessage {
  const type = `sluice.release.${news.event}`;
  const time = new Date(news.at).toISOString();
  const data = dataOf(news, report);
  const json = 'application/json';
  if (format === 'slack') return { id: news.id, type: json, body: JSON.stringify({ text: textOf(news, report) }) };
  if (format === 'webhook') return { id: news.id, type: json, body: JSON.stringify({ type, timestamp: time, data }) };
  const envelope = { specversion: '1.0', id: news.id, source: 'urn:sluice', type, subject: news.releaseId, time };
  const body = JSON.stringify({ ...envelope, datacontenttype: json, data });
  return { id: news.id, type: 'application/cloudevents+json', body };
}

function dataOf({ event, releaseId, runId, what, who, next, decided }: News, report: string) {
  return {
    event,
    release_id: releaseId,
    run_id: runId,
    what: safe(what),
    ...(who === undefined ? {} : { who: safe(who) }),
    next: safe(next),
    ...(decided && { decided }),
    report,
  };
}

/** Slack reads these three characters as markup. */
const escaped = (text: string): string =>
  safe(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function textOf({ event, releaseId, what, who, next, decided }: News, report: string): string {
  const target = parseReleaseId(releaseId);
  const where = target ? `${target.namespace}/${target.rollout} on ${target.cluster}` : releaseId;
  const bound = decided?.limit === undefined ? '' : `, limit ${decided.limit}`;
  const number = decided?.measured === undefined ? [] : [`${decided.metric}: ${decided.measured}${bound}`];
  const by = who === undefined ? [] : [`Started or answered by ${who}.`];
  return [`${event}: ${where}: ${what}`, ...number, next, ...by].map(escaped).concat(report).join('\n');
}
