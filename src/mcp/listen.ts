import type { ResourceKind } from '../commands/resource.ts';
import type { MayRead, ResourceHub } from '../feeds/hub.ts';

interface Listen {
  readonly method: 'subscriptions/listen';
  readonly id: string | number;
  readonly params: { readonly notifications?: { readonly resourceSubscriptions?: unknown } };
}

/** A subscription to changes (MCP 2026-07-28). The SDK answers it before any handler of this server gets it. */
export function isListen(message: unknown): message is Listen {
  return (
    typeof message === 'object' &&
    message !== null &&
    (message as { method?: unknown }).method === 'subscriptions/listen' &&
    'id' in message
  );
}

/**
 * Watches the addresses that a request names. The returned message contains only the addresses that are watched. The
 * SDK builds its acknowledgement from it, so the acknowledgement lists exactly the changes that will be sent.
 */
export function startWatching<M extends Listen>(
  message: M,
  hub: ResourceHub,
  kinds: readonly ResourceKind[],
  mayRead: MayRead,
): { readonly message: M; readonly release: () => void } {
  const requested = (message.params as Listen['params'] | undefined)?.notifications?.resourceSubscriptions;
  if (!Array.isArray(requested)) return { message, release: () => undefined };
  const held = new Map<string, () => void>();
  for (const uri of new Set(requested)) {
    const release = typeof uri === 'string' ? tryHold(hub, uri, kinds, mayRead) : undefined;
    if (release) held.set(uri as string, release);
  }
  const notifications = { ...message.params.notifications, resourceSubscriptions: [...held.keys()] };
  return {
    message: { ...message, params: { ...message.params, notifications } },
    release: () => held.forEach((release) => release()),
  };
}

function tryHold(
  hub: ResourceHub,
  uri: string,
  kinds: readonly ResourceKind[],
  mayRead: MayRead,
): (() => void) | undefined {
  try {
    return hub.hold(uri, kinds, mayRead);
  } catch {
    return undefined;
  }
}
