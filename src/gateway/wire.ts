import type { SluiceError } from '../domain/errors.ts';

/** A connection to a version that carries messages in both directions, without pairing requests and answers. */
export interface Wire {
  send(text: string): void;
  pause(): void;
  resume(): void;
  /** Resolves when the other side is gone. */
  close(): Promise<void>;
}

export interface WireEvents {
  message(text: string): void;
  /** A message was too large and has been dropped. `edges`: its first and its last characters. */
  oversized(edges: string): void;
  /** The connection has ended, for the reason in `error`. It is called once. */
  closed(error: SluiceError): void;
}

export type OpenWire = (events: WireEvents) => Wire;
