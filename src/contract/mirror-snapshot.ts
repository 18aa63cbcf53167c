import { z } from 'zod';

/** The mirror of a route, as the traefik tools show it before and after a write. */
export const mirrorSnapshot = z.strictObject({
  namespace: z.string(),
  route_name: z.string(),
  mirror_service: z.string().optional().describe('Absent: nothing is mirrored.'),
  mirror_percent: z.number(),
  methods: z.array(z.string()).describe('That are mirrored; * is every method.'),
  rules: z.array(z.string()),
  in_force: z
    .array(
      z.strictObject({
        replica: z.string(),
        mirror_percent: z.number(),
        rules: z.number(),
        error: z.string().optional(),
      }),
    )
    .describe('As each Traefik replica has it; empty: no Traefik API is configured.'),
});
