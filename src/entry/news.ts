import { setTimeout as sleep } from 'node:timers/promises';
import { MOST_TRIES, waitAfter, type NewsReceiver } from '../domain/news/delivery.ts';
import { messageOf } from '../domain/news/message.ts';
import { newsOf } from '../domain/news/news.ts';
import type { News } from '../domain/news/told.ts';
import type { Log } from '../observability/log.ts';
import type { NewsPort, NewsSender, NumberedEntry } from '../ports/news.ts';

/** A turn covers one message, which takes 10 s at most, and its writes. */
const TURN_MS = 30_000;
const EVERY_MS = 1_000;

export interface NewsDeps {
  readonly outbox: NewsPort;
  readonly send: NewsSender;
  readonly now: () => number;
  /** The address of the report of a run. Undefined if no page has it. */
  readonly report: (news: News) => string | undefined;
}

/** Delivers news until it is stopped. An unreachable receiver or journal delays only the news. */
export function startNews(deps: NewsDeps, receivers: readonly NewsReceiver[], log: Log): () => Promise<void> {
  const stop = new AbortController();
  const loops = receivers.map((receiver) => loop(deps, receiver, log, stop.signal));
  return async () => {
    stop.abort();
    await Promise.allSettled(loops);
    await deps.outbox.close().catch(() => undefined);
  };
}

async function loop(deps: NewsDeps, receiver: NewsReceiver, log: Log, signal: AbortSignal): Promise<void> {
  let away = false;
  while (!signal.aborted) {
    try {
      await deps.outbox.register([receiver.name]);
      while (!signal.aborted && (await deliverNext(deps, receiver))) away = false;
      away = false;
    } catch (err) {
      if (!away) log.warn({ err, receiver: receiver.name }, 'News wait: the journal is away');
      away = true;
    }
    await sleep(EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

/** Delivers at most one message. Returns true if there may be more to do at once. Errors: JOURNAL_UNAVAILABLE. */
export async function deliverNext(deps: NewsDeps, receiver: NewsReceiver): Promise<boolean> {
  const { outbox, now } = deps;
  const turn = now() + TURN_MS;
  const taken = await outbox.take(receiver.name, now(), turn);
  if (!taken) return false;
  const entries = await outbox.after(taken.seq, now());
  const found = entries.findIndex(({ entry }) => isWanted(receiver, newsOf(entry)));
  const passed = found < 0 ? entries.at(-1) : entries[found - 1];
  if (passed) await outbox.advance(receiver.name, turn, passed.seq);
  const next = entries[found];
  const more = next ? await deliver(deps, receiver, { turn, tries: taken.tries, next }) : entries.length > 0;
  await outbox.leave(receiver.name, turn);
  return more;
}

function isWanted({ events, namespaces }: NewsReceiver, news: News | undefined): boolean {
  if (!news || !events.includes(news.event)) return false;
  const { namespace } = news.about;
  return namespaces.length === 0 || (namespace !== undefined && namespaces.includes(namespace));
}

interface Turn {
  readonly turn: number;
  readonly tries: number;
  readonly next: NumberedEntry;
}

async function deliver(deps: NewsDeps, receiver: NewsReceiver, { turn, tries, next }: Turn): Promise<boolean> {
  const { outbox, send, now, report } = deps;
  const news = newsOf(next.entry) as News;
  const { outcome, detail } = await send(receiver, messageOf(news, receiver.format, report(news)), now());
  const { name } = receiver;
  if (outcome === 'delivered') return outbox.advance(name, turn, next.seq, now());
  if (outcome === 'gone') return (await outbox.stop(name, turn, detail)) && false;
  const failed = tries + 1;
  if (outcome === 'refused' || failed >= MOST_TRIES) return outbox.giveUp(name, turn, next.seq, news.id, detail);
  await outbox.postpone(name, turn, failed, now() + waitAfter(failed), detail);
  return false;
}
