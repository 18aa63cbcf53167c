import { SluiceError } from '../../domain/errors.ts';
import { isFree } from '../../../sandbox/processes/ports.ts';

const USUAL = 8765;

/**
 * The port of the HTTP server. If the default port is in use, the next free one is taken. A port that the user named is
 * never replaced.
 */
export async function choosePort(given: string | undefined, say: (line: string) => void): Promise<number> {
  if (given !== undefined && given !== '') return givenPort(given);
  for (let port = USUAL; port < USUAL + 100; port += 1) {
    if (!(await isFree(port))) continue;
    if (port !== USUAL) say(`port ${USUAL} is taken; the server takes ${port}`);
    return port;
  }
  throw new SluiceError('CONFIG_INVALID', `Ports ${USUAL} to ${USUAL + 99} are all taken.`, {
    next: 'Set MCP_PORT to a free port.',
  });
}

async function givenPort(text: string): Promise<number> {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65535)
    throw new SluiceError('CONFIG_INVALID', `MCP_PORT=${text} is not a port.`, {
      next: 'Set it to a number from 0 to 65535; 0 takes a free one.',
    });
  if (port === 0) return freePort();
  if (await isFree(port)) return port;
  throw new SluiceError('CONFIG_INVALID', `Port ${port} (MCP_PORT) is taken.`, {
    next: 'End what holds it, set another MCP_PORT, or unset it to take the next free one.',
  });
}

/**
 * The first free port from `first` on. By default it is below the kernel's ephemeral range, so that it stays free until
 * the server uses it.
 */
export async function freePort(first = 9_000 + (process.pid % 6_000)): Promise<number> {
  for (let port = first; port < first + 1_000; port += 1) if (await isFree(port)) return port;
  throw new SluiceError('CONFIG_INVALID', 'No free port was found.', { next: 'Set MCP_PORT to a free port.' });
}
