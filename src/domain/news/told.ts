/** What people are told of a release, and of a delivery. */
export const NEWS_EVENTS = [
  'started',
  'asks',
  'passed',
  'failed',
  'guard',
  'succeeded',
  'rolled-back',
  'superseded',
  'refused',
  'delivered',
  'cancelled',
] as const;
export type NewsEvent = (typeof NEWS_EVENTS)[number];

/** What news are about. `place`: how people call it. */
export interface NewsSubject {
  readonly kind: 'release' | 'delivery';
  readonly id: string;
  readonly namespace?: string;
  readonly place: string;
}

/** One message. Times are epoch ms. */
export interface News {
  /** The same fact has the same id, also when it is sent again. */
  readonly id: string;
  readonly event: NewsEvent;
  readonly at: number;
  readonly about: NewsSubject;
  readonly runId: string;
  readonly what: string;
  readonly who?: string;
  /** What happens next, and when. */
  readonly next: string;
  /** The measurement that decided, and its bound. */
  readonly decided?: { readonly metric: string; readonly measured?: number; readonly limit?: number };
}

/** What an entry tells, without what it is about. */
export type Told = Omit<News, 'id' | 'about' | 'runId' | 'at'>;
