import type { RpcMessage } from '../domain/gateway/message.ts';
import type { Principal } from './principal.ts';

/** A message of a caller, from either kind of connection. */
export interface Inbound {
  readonly server: string;
  readonly principal: Principal;
  /** The session's handle, as the caller sent it. */
  readonly session: string | undefined;
  /** The version that the caller asks for. */
  readonly wanted: string | undefined;
  /** The connection of the caller. Over stdio, the headers are those that the gateway makes of the message. */
  readonly via: 'http' | 'stdio';
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export interface InboundMessage extends Inbound {
  readonly text: string;
  readonly message: RpcMessage;
}
