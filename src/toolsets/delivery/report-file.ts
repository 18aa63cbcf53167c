import { z } from 'zod';
import { deploymentName } from '../../contract/deployment-file.ts';
import { parse } from '../../contract/parse.ts';
import type { Command } from '../../commands/command.ts';
import { deliveredTo, deliveryGet, runField } from './delivery-get.ts';
import { knownDelivery } from './known-delivery.ts';

const input = z.strictObject({ name: deploymentName, run_id: runField });
const output = z.strictObject({ type: z.string(), text: z.string() });

/**
 * The report of a delivery as one HTML page. It is in no list. It has the name and the access rules of delivery_get.
 */
export const deliveryReportFile: Command<typeof input, typeof output> = {
  name: deliveryGet.name,
  title: deliveryGet.title,
  description: deliveryGet.description,
  kind: 'read',
  idempotent: true,
  toolset: 'delivery',
  input,
  output,
  examples: [],
  check: (raw) => parse(input, raw ?? {}),
  touches: deliveredTo,
  async run(context, { name, run_id: run }) {
    const view = await knownDelivery(context, name, run);
    // The page's code is loaded only when a page is requested.
    const { renderDelivery } = await import('../../report/delivery-page.ts');
    return { type: 'text/html; charset=utf-8', text: renderDelivery(view) };
  },
  text: ({ text }) => text,
};
