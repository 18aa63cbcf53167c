import type { z } from 'zod';
import type { effectFields } from '../../contract/effect.ts';
import type { MiddlewareSnapshot, middlewareSnapshot } from '../../contract/middleware-snapshot.ts';
import type { Effect } from '../../domain/effect.ts';
import { cleanText } from '../../domain/safe-text.ts';
import type { MiddlewareView } from '../../ports/middlewares.ts';

type Answer = z.output<z.ZodObject<ReturnType<typeof effectFields<typeof middlewareSnapshot>>>>;

export function toSnapshot(view: MiddlewareView): MiddlewareSnapshot {
  return {
    namespace: view.ref.namespace,
    middleware_name: view.name,
    settings: Object.fromEntries(
      Object.entries(view.spec ?? {}).flatMap(([type, settings]) => flatten(type, settings)),
    ),
    attached_to: view.attachedTo.map((what) => cleanText(what)),
    in_force: view.replicas.map(({ replica, loaded, usedBy, error }) => ({
      replica,
      loaded,
      used_by: [...usedBy],
      ...(error !== undefined && { error: cleanText(error) }),
    })),
  };
}

function flatten(path: string, value: unknown): [string, string][] {
  if (typeof value !== 'object' || value === null) return [[cleanText(path, 100), cleanText(String(value))]];
  return Object.entries(value).flatMap(([key, inner]) => flatten(`${path}.${key}`, inner));
}

export function toAnswer({ changed, effective, reason, before, after }: Effect<MiddlewareView>): Answer {
  return {
    changed,
    effective,
    reason,
    ...(before && { before: toSnapshot(before) }),
    ...(after && { after: toSnapshot(after) }),
  };
}
