import type { IncomingHttpHeaders } from 'node:http';

const LOCAL = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Whether a page of another site may have sent the request. A browser sends the Origin of the page; a page that gives
 * its own host name the address of loopback shows in Host.
 */
export function isForeign({ host, origin }: IncomingHttpHeaders): boolean {
  return !isLocal(`http://${host ?? ''}`) || (origin !== undefined && !isLocal(origin));
}

function isLocal(url: string): boolean {
  return URL.canParse(url) && LOCAL.includes(new URL(url).hostname);
}
