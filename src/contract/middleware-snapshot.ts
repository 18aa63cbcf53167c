import { z } from 'zod';

/** A middleware of a route, as the traefik tools show it before and after a write. */
export const middlewareSnapshot = z.strictObject({
  namespace: z.string(),
  middleware_name: z.string(),
  settings: z.record(z.string(), z.string()).describe('Empty: there is no such Middleware.'),
  attached_to: z.array(z.string()),
  in_force: z
    .array(
      z.strictObject({
        replica: z.string(),
        loaded: z.boolean(),
        used_by: z.array(z.string()),
        error: z.string().optional(),
      }),
    )
    .describe('As each Traefik replica has it; empty: no Traefik API is configured.'),
});
export type MiddlewareSnapshot = z.output<typeof middlewareSnapshot>;
