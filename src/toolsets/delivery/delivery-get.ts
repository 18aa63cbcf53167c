import { z } from 'zod';
import { deploymentName } from '../../contract/deployment-file.ts';
import { parse } from '../../contract/parse.ts';
import type { Command, CommandContext } from '../../commands/command.ts';
import type { Touched } from '../../domain/access/decide.ts';
import { knownDelivery } from './known-delivery.ts';
import { shownDelivery, shownText, toShown } from './shown-delivery.ts';

export const runField = z.string().min(1).max(100).optional().describe('An earlier run. Default: the latest one.');
const input = z.strictObject({ name: deploymentName.describe('Name of the deployment.'), run_id: runField });
const output = shownDelivery;

export const deliveryGet: Command<typeof input, typeof output> = {
  name: 'delivery_get',
  title: 'Read a delivery',
  description:
    'The latest delivery of a deployment: each step with its state, time, attempts, digests, findings and failure, and what to do next.',
  kind: 'read',
  idempotent: true,
  toolset: 'delivery',
  positional: ['name'],
  input,
  output,
  examples: [{ title: 'The latest delivery', input: { name: 'web' } }],
  check: (raw) => parse(input, raw ?? {}),
  touches: deliveredTo,
  run: async (context, { name, run_id: run }) => toShown(await knownDelivery(context, name, run)),
  text: shownText,
};

/** The namespace of a delivery decides who may see it and steer it. */
export async function deliveredTo(
  context: CommandContext,
  { name, run_id: run }: { readonly name: string; readonly run_id?: string | undefined },
): Promise<readonly Touched[]> {
  const { cluster, namespace } = (await knownDelivery(context, name, run)).input;
  return [{ cluster, namespace, name }];
}
