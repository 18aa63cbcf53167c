import { z } from 'zod';
import { deploymentName } from '../../contract/deployment-file.ts';
import { parse } from '../../contract/parse.ts';
import { dnsName } from '../../contract/target.ts';
import { isAllowed } from '../../commands/access.ts';
import type { Command, CommandContext } from '../../commands/command.ts';
import { tableLines } from '../../commands/table-lines.ts';
import { DELIVERY_STATES } from '../../domain/delivery/delivery.ts';

const input = z.strictObject({
  name: deploymentName.optional().describe('Only this deployment.'),
  namespace: dnsName.optional().describe('Only this namespace.'),
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
  run: async (context, asked) => ({ deliveries: await listed(context, asked) }),
  text: ({ deliveries }) =>
    deliveries.length === 0
      ? 'There is no delivery.'
      : tableLines(
          ['name', 'namespace', 'version', 'state', 'started', 'by'],
          deliveries.map((one) => [one.name, one.namespace, one.version, one.state, one.started_at, one.started_by]),
        ).join('\n'),
};

/** Deliveries to namespaces outside of the allow list are left out. */
async function listed({ gateway, settings }: CommandContext, { name, namespace, limit = 20 }: z.output<typeof input>) {
  const isWanted = (one: string): boolean => isAllowed(one, settings) && (namespace === undefined || one === namespace);
  const all = await gateway.deliveries.list({ ...(name === undefined ? {} : { name }), limit });
  return all
    .filter((one) => isWanted(one.namespace))
    .map(({ runId, startedBy, startedAt, closedAt, id: _, ...one }) => ({
      ...one,
      run_id: runId,
      started_by: startedBy,
      started_at: new Date(startedAt).toISOString(),
      ...(closedAt === undefined ? {} : { closed_at: new Date(closedAt).toISOString() }),
    }));
}
