import { pino, type Logger } from 'pino';
import { maskSecrets } from '../domain/safe-text.ts';

export type Log = Logger;

const HIDDEN = ['password', 'secret', 'token', 'apiKey', 'api_key', 'authorization', 'kubeconfig'];

/** Logs go to stderr, because stdout belongs to MCP over stdio and to the CLI's answers. */
export function createLog(level: string, destination: { write(line: string): void } = process.stderr): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: HIDDEN.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '***' },
    },
    // The last protection: it masks secrets in any message or error text.
    { write: (line: string) => destination.write(maskSecrets(line)) },
  );
}
