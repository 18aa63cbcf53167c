import { crdMissing, failureOf, serverStatus, unreachable } from './failure.ts';
import type { Snapshot, WatchFrom } from './cluster-client.ts';
import { apiPath, type Kind } from './kinds.ts';
import type { Send } from './send.ts';
import type { ApiResponse, Transport } from './transport.ts';
import { WatchEnded, watchEvents, type WatchEvent } from './watch-stream.ts';

const PAGE = 500;

interface Selection {
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

const chosen = ({ labelSelector, fieldSelector }: Selection): Record<string, string> => ({
  ...(labelSelector && { labelSelector }),
  ...(fieldSelector && { fieldSelector }),
});

export async function listPages(
  cluster: string,
  send: Send,
  kind: Kind,
  namespace?: string,
  only: Selection = {},
): Promise<Snapshot> {
  const items: unknown[] = [];
  let resourceVersion = '';
  let next: string | undefined = '';
  while (next !== undefined) {
    const query = new URLSearchParams({ limit: String(PAGE), ...chosen(only), ...(next && { continue: next }) });
    const what = `list ${kind.plural}${namespace ? ` in ${namespace}` : ''}`;
    const response = await send(what, { method: 'GET', path: `${apiPath(kind, namespace)}?${query.toString()}` });
    if (response.status === 404) throw crdMissing(kind, cluster);
    if (response.status >= 300) throw failureOf(response, cluster, what);
    const page = JSON.parse(response.body) as {
      items?: unknown[];
      metadata?: { continue?: string; resourceVersion?: string };
    };
    items.push(...(page.items ?? []));
    resourceVersion = page.metadata?.resourceVersion ?? '';
    next = page.metadata?.continue || undefined;
  }
  return { items, resourceVersion };
}

export async function openWatch(
  cluster: string,
  transport: Transport,
  timeoutMs: number,
  kind: Kind,
  { namespace, resourceVersion, seconds, signal }: WatchFrom,
): Promise<AsyncIterable<WatchEvent>> {
  const what = `watch ${kind.plural}${namespace ? ` in ${namespace}` : ''}`;
  const query = new URLSearchParams({
    watch: 'true',
    allowWatchBookmarks: 'true',
    resourceVersion,
    timeoutSeconds: String(seconds),
  });
  const stream = await transport
    .open({ method: 'GET', path: `${apiPath(kind, namespace)}?${query.toString()}`, timeoutMs }, signal)
    .catch((cause: unknown) => {
      throw unreachable(cause, cluster, what, timeoutMs);
    });
  if (stream.status < 300) return watchEvents(stream.chunks);
  const response: ApiResponse = {
    status: stream.status,
    headers: stream.headers,
    body: await new Response(stream.chunks).text(),
  };
  if (stream.status === 404) throw crdMissing(kind, cluster);
  if (stream.status === 410) throw new WatchEnded(serverStatus(response).message);
  throw failureOf(response, cluster, what);
}
