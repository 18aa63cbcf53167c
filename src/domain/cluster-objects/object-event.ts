import { cleanText, maskSecrets } from '../safe-text.ts';
import { numberAt, recordAt, textAt, type ApiObject } from './api-object.ts';

/** An event of a cluster. */
export interface SeenEvent {
  /** ISO 8601; empty if the event has no time. */
  readonly at: string;
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  /** "Pod shop/web-1". */
  readonly object: string;
  /** The component that reported it. */
  readonly who: string;
}

const MAX_MESSAGE = 300;

export function eventOf(object: ApiObject): SeenEvent {
  const about = recordAt(object, 'involvedObject');
  const at =
    textAt(object, 'series', 'lastObservedTime') ??
    textAt(object, 'lastTimestamp') ??
    textAt(object, 'eventTime') ??
    textAt(object, 'metadata', 'creationTimestamp') ??
    '';
  const namespace = textAt(about, 'namespace');
  return {
    at,
    type: cleanText(textAt(object, 'type') ?? '', 40),
    reason: cleanText(textAt(object, 'reason') ?? '', 100),
    message: maskSecrets(cleanText(textAt(object, 'message') ?? '', MAX_MESSAGE)),
    count: numberAt(object, 'series', 'count') ?? numberAt(object, 'count') ?? 1,
    object: `${textAt(about, 'kind') ?? ''} ${namespace === undefined ? '' : `${namespace}/`}${textAt(about, 'name') ?? ''}`,
    who: cleanText(textAt(object, 'source', 'component') || textAt(object, 'reportingComponent') || '', 100),
  };
}

/** Newest first. */
export function byTime(a: SeenEvent, b: SeenEvent): number {
  return a.at < b.at ? 1 : a.at > b.at ? -1 : 0;
}
