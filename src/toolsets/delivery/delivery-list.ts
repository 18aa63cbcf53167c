import { z } from 'zod';
import { deploymentName } from '../../contract/deployment-file.ts';
import { parse } from '../../contract/parse.ts';
import { isAllowed } from '../../commands/access.ts';
import { touchesNothing, type Command, type CommandContext } from '../../commands/command.ts';
import { tableLines } from '../../commands/table-lines.ts';
import { DELIVERY_STATES } from '../../domain/delivery/delivery.ts';

const input = z.strictObject({
  name: deploymentName.optional().describe('Only this deployment.'),
  limit: z.int().min(1).max(200).optional().describe('Default 20.'),
});
const output = z.strictObject({
  deliveries: z.array(
    z.strictObject({
      name: z.string(),
      version: z.string(),
      state: z.enum(DELIVERY_STATES),
      run_id: z.string(),
      namespace: z.string(),
      started_by: z.string(),
      started_at: z.string(),
      closed_at: z.string().optional(),
    }),
  ),
});

export const deliveryList: Command<typeof input, typeof output> = {
  name: 'delivery_list',
  title: 'List deliveries',
  description: 'Deliveries that Temporal has, newest first: deployment, version, state, run and who started it.',
  kind: 'read',
  idempotent: true,
  toolset: 'delivery',
  input,
  output,
  examples: [{ title: 'All deliveries', input: {} }],
  check: (raw) => parse(input, raw ?? {}),
  touches: touchesNothing,
  run: async (context, { name, limit = 20 }) => ({ deliveries: await listed(context, name, limit) }),
  text: ({ deliveries }) =>
    deliveries.length === 0
      ? 'There is no delivery.'
      : tableLines(
          ['NAME', 'VERSION', 'STATE', 'STARTED', 'BY'],
          deliveries.map((one) => [one.name, one.version, one.state, one.started_at, one.started_by]),
        ).join('\n'),
};

/** Deliveries to namespaces outside of the allow list are left out. */
async function listed({ gateway, settings }: CommandContext, name: string | undefined, limit: number) {
  const all = await gateway.deliveries.list({ ...(name === undefined ? {} : { name }), limit });
  return all
    .filter(({ namespace }) => isAllowed(namespace, settings))
    .map(({ runId, startedBy, startedAt, closedAt, id: _, ...one }) => ({
      ...one,
      run_id: runId,
      started_by: startedBy,
      started_at: new Date(startedAt).toISOString(),
      ...(closedAt === undefined ? {} : { closed_at: new Date(closedAt).toISOString() }),
    }));
}
