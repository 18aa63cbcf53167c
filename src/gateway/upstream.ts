import type { RpcMessage } from '../domain/gateway/message.ts';
import type { SluiceError } from '../domain/errors.ts';

/** One message on its way to a version. */
export interface Ask {
  /** The message as the caller wrote it, except for handles. */
  readonly text: string;
  readonly message: RpcMessage;
  /** Headers of the caller that concern the version. */
  readonly headers: Readonly<Record<string, string>>;
  /** The version's own session id. Empty where the version gave none. */
  readonly session?: string | undefined;
  /** Who asks, where nobody else can be the same: the client of a gateway over stdio, or the gateway itself (`OWN`). */
  readonly caller?: string | undefined;
  /** Aborted when the caller goes away. */
  readonly signal: AbortSignal;
}

/** The gateway as the caller of a version. */
export const OWN = 'gateway';

/** A session's stream of messages that answer no request. */
export type Listen = Omit<Ask, 'text' | 'message' | 'caller'>;

/**
 * Receives what a version answers. First at most one `accepted`, then messages; then one of `end`, `refuse` and `fail`.
 */
export interface Answer {
  /** The version takes the message. `session`: the id of the session that the message has opened. */
  accepted(session?: string): void;
  /** One JSON-RPC message. `frame`: the server-sent event around it. Returns whether more can be taken at once. */
  message(text: string, frame?: string): boolean;
  end(): void;
  /** A status of the version over HTTP other than 2xx. */
  refuse(status: number, headers: Readonly<Record<string, string>>, body: string): void;
  fail(error: SluiceError): void;
  /** Calls `resume` when more can be taken. */
  whenReady(resume: () => void): void;
}

/** One version of a server, however it is reached. */
export interface Upstream {
  send(ask: Ask, answer: Answer): void;
  listen(ask: Listen, answer: Answer): void;
  /** Ends one session. */
  endSession(session: string, headers: Readonly<Record<string, string>>): Promise<void>;
  /** Number of child processes that run at present. */
  readonly processes: number;
  close(): Promise<void>;
}

/** Limits of one version. Times are in ms, sizes in bytes. */
export interface Limits {
  /** Until the answer to initialize, server/discover and lists. */
  readonly handshakeMs: number;
  /** Longest silence during any other request. Progress counts as an answer. */
  readonly silenceMs: number;
  readonly messageBytes: number;
  /** Child processes of one version. */
  readonly processes: number;
  /** Requests that are open at once in one version. */
  readonly requests: number;
  /** A child process without a caller for this long is stopped. */
  readonly idleMs: number;
  /** How long calls are mirrored to a version after each request for it. */
  readonly mirrorMs: number;
}

export const LIMITS: Limits = {
  handshakeMs: 30_000,
  silenceMs: 300_000,
  messageBytes: 16 * 1024 * 1024,
  processes: 64,
  requests: 1_000,
  idleMs: 3_600_000,
  mirrorMs: 10_000,
};

/** How long a version may stay silent after a request of this method, in ms. Undefined: for ever. */
export function patience(method: string | undefined, limits: Limits): number | undefined {
  if (method === 'subscriptions/listen') return undefined;
  const described = method === 'initialize' || method === 'server/discover' || method?.endsWith('/list') === true;
  return described ? limits.handshakeMs : limits.silenceMs;
}
