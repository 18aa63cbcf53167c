import type { IncomingHttpHeaders } from 'node:http';

const LOCAL = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Whether a page of another site may have sent the request. A browser sends the Origin of the page; a page that gives
 * its own host name the address of loopback shows in Host. `publicUrl`: another address of the gateway itself.
 */
export function isForeign({ host, origin }: IncomingHttpHeaders, publicUrl?: string): boolean {
  const own = publicUrl === undefined ? LOCAL : [...LOCAL, new URL(publicUrl).hostname];
  const isOwn = (url: string): boolean => URL.canParse(url) && own.includes(new URL(url).hostname);
  return !isOwn(`http://${host ?? ''}`) || (origin !== undefined && !isOwn(origin));
}
