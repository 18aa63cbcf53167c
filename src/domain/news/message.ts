import { cleanText, maskSecrets } from '../safe-text.ts';
import type { News } from './told.ts';

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

/** `report`: the address of the report of the run, if it has one. */
export function messageOf(news: News, format: NewsFormat, report: string | undefined): NewsMessage {
  const type = `sluice.${news.about.kind}.${news.event}`;
  const time = new Date(news.at).toISOString();
  const data = dataOf(news, report);
  const json = 'application/json';
  if (format === 'slack') return { id: news.id, type: json, body: JSON.stringify({ text: textOf(news, report) }) };
  if (format === 'webhook') return { id: news.id, type: json, body: JSON.stringify({ type, timestamp: time, data }) };
  const envelope = { specversion: '1.0', id: news.id, source: 'urn:sluice', type, subject: news.about.id, time };
  const body = JSON.stringify({ ...envelope, datacontenttype: json, data });
  return { id: news.id, type: 'application/cloudevents+json', body };
}

function dataOf({ event, about, runId, what, who, next, decided }: News, report: string | undefined) {
  return {
    event,
    [`${about.kind}_id`]: about.id,
    run_id: runId,
    what: safe(what),
    ...(who === undefined ? {} : { who: safe(who) }),
    next: safe(next),
    ...(decided && { decided }),
    ...(report !== undefined && { report }),
  };
}

/** Slack reads these three characters as markup. */
const escaped = (text: string): string =>
  safe(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function textOf({ event, about, what, who, next, decided }: News, report: string | undefined): string {
  const bound = decided?.limit === undefined ? '' : `, limit ${decided.limit}`;
  const number = decided?.measured === undefined ? [] : [`${decided.metric}: ${decided.measured}${bound}`];
  const by = who === undefined ? [] : [`Started or answered by ${who}.`];
  const link = report === undefined ? [] : [report];
  return [`${event}: ${about.place}: ${what}`, ...number, next, ...by].map(escaped).concat(link).join('\n');
}
