import { SluiceError } from '../errors.ts';

/** The addresses at which only this machine reaches a server. */
export const LOOPBACK: readonly string[] = ['127.0.0.1', 'localhost', '::1'];

/** For a server that asks nobody who they are. Refuses to listen on an address that others can reach. */
export function requireLoopback(host: string): void {
  if (LOOPBACK.includes(host)) return;
  throw new SluiceError(
    'CONFIG_INVALID',
    `SLUICE_HOST=${host}: without authentication the server binds to loopback only.`,
    {
      next: `Use one of ${LOOPBACK.join(', ')}, or configure authentication: SLUICE_PUBLIC_URL with SLUICE_OAUTH_ISSUERS or keys.`,
    },
  );
}
