import type { Delivered, NewsReceiver } from '../domain/news/delivery.ts';
import type { NewsMessage } from '../domain/news/message.ts';
import type { RecordEntry } from '../domain/release/record.ts';

/** An entry of the journal with its place in the order of writing. */
export interface NumberedEntry {
  readonly seq: number;
  readonly entry: RecordEntry;
}

/** How far a receiver has got. Times are epoch ms. */
export interface ReceiverState {
  readonly receiver: string;
  /** Failed tries of the message that is next. */
  readonly tries: number;
  readonly nextAt: number;
  readonly deliveredAt?: number;
  readonly problem?: string;
  /** The receiver has answered that it wants no more messages. */
  readonly gone: boolean;
  /** Messages that were given up. */
  readonly dead: number;
}

/** The outbox of news: the entries of the journal, and the position of each receiver. Errors: JOURNAL_UNAVAILABLE. */
export interface NewsPort {
  /** A receiver that is new begins behind the newest entry. */
  register(receivers: readonly string[]): Promise<void>;
  /**
   * Takes the turn of a receiver until `until`, which names the turn. Undefined if another process has it, if its next
   * try is not due, or if it is gone.
   */
  take(
    receiver: string,
    now: number,
    until: number,
  ): Promise<{ readonly seq: number; readonly tries: number } | undefined>;
  /** The entries after a position, in order. One that another transaction may still write ends the list. */
  after(seq: number, now: number): Promise<readonly NumberedEntry[]>;
  /** Each change needs the turn. Returns false if the turn is over. */
  advance(receiver: string, turn: number, seq: number, deliveredAt?: number): Promise<boolean>;
  postpone(receiver: string, turn: number, tries: number, nextAt: number, problem: string): Promise<boolean>;
  giveUp(receiver: string, turn: number, seq: number, news: string, problem: string): Promise<boolean>;
  stop(receiver: string, turn: number, problem: string): Promise<boolean>;
  /** Ends the turn. */
  leave(receiver: string, turn: number): Promise<boolean>;
  states(): Promise<readonly ReceiverState[]>;
  close(): Promise<void>;
}

/** A receiver of the settings. `state`: absent if no worker has begun to serve it. */
export interface KnownReceiver {
  readonly receiver: NewsReceiver;
  readonly state?: ReceiverState;
}

export interface NewsStatesPort {
  /** The receivers of the settings, in their order. Errors: JOURNAL_UNAVAILABLE. */
  receivers(): Promise<readonly KnownReceiver[]>;
}

/** Sends one message, once. It never throws, and ends within 10 s. */
export type NewsSender = (receiver: NewsReceiver, message: NewsMessage, now: number) => Promise<Delivered>;
