import { cleanText, maskSecrets } from '../domain/safe-text.ts';
import type { GatewayLog } from '../gateway/server-table.ts';

/** Writes one line of JSON for each event, with the field names of the other logs of Sluice. */
export function createBridgeLog(destination: { write(line: string): unknown } = process.stderr): GatewayLog {
  const line = (level: number) => (fields: object, msg: string) => {
    const shown = { level, time: new Date().toISOString(), ...readable(fields), msg };
    destination.write(`${maskSecrets(JSON.stringify(shown))}\n`);
  };
  return { info: line(30), error: line(50) };
}

/** JSON shows nothing of an error. */
function readable(fields: object): object {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]: [string, unknown]) => [
      name,
      value instanceof Error ? cleanText(value.stack ?? value.message, 4_000) : value,
    ]),
  );
}
