import { isFields, type RpcMessage } from '../domain/gateway/message.ts';

const LOG_LEVEL = 'io.modelcontextprotocol/logLevel';
/** Of RFC 5424, the least severe one first. */
const LEVELS: readonly unknown[] = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'];

/** The least severe log messages that a request of 2026-07-28 asks for. Undefined: none. */
export function logLevelOf({ _meta: meta }: RpcMessage['params']): unknown {
  return isFields(meta) ? meta[LOG_LEVEL] : undefined;
}

/** Whether a request that asks for `asked` gets messages of `level`. */
export function isLoggedTo(asked: unknown, level: unknown): boolean {
  return asked !== undefined && LEVELS.indexOf(level) >= LEVELS.indexOf(asked);
}
