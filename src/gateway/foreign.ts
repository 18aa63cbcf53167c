import type { IncomingHttpHeaders } from 'node:http';
import { Recent } from './recent.ts';

/** Most callers send the same Host with every request. */
const MOST_HOSTS = 100;
const hosts = new Recent<string>(MOST_HOSTS);
const LOCAL = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Whether a page of another site may have sent the request. A browser sends the Origin of the page; a page that gives
 * its own host name the address of loopback shows in Host. `publicUrl`: another address of the gateway itself.
 */
export function isForeign({ host, origin }: IncomingHttpHeaders, publicUrl?: string): boolean {
  const isOwn = (url: string): boolean => {
    const name = hostnameOf(url);
    return LOCAL.includes(name) || (publicUrl !== undefined && name !== '' && name === hostnameOf(publicUrl));
  };
  return !isOwn(`http://${host ?? ''}`) || (origin !== undefined && !isOwn(origin));
}

/** Empty for what is no address. */
function hostnameOf(url: string): string {
  return hosts.of(url, () => (URL.canParse(url) ? new URL(url).hostname : ''));
}
