import { z } from 'zod';
import { deploymentName } from '../../contract/deployment-file.ts';
import { parse } from '../../contract/parse.ts';
import type { Command } from '../../commands/command.ts';
import { senderOf } from '../../domain/release/approval.ts';
import type { DeliveryCommandName } from '../../domain/delivery/delivery.ts';
import { deliveredTo } from './delivery-get.ts';
import { shownDelivery, shownText, toShown } from './shown-delivery.ts';

const input = z.strictObject({ name: deploymentName.describe('Name of the deployment.') });
const output = shownDelivery;

type Steering = Command<typeof input, typeof output>;

function steering(name: DeliveryCommandName, about: Pick<Steering, 'title' | 'description' | 'examples'>): Steering {
  return {
    ...about,
    name: `delivery_${name}`,
    kind: 'write',
    idempotent: false,
    toolset: 'delivery',
    positional: ['name'],
    input,
    output,
    listed: { output: ['state', 'reason', 'next'] },
    check: (raw) => parse(input, raw ?? {}),
    touches: deliveredTo,
    run: async ({ gateway, caller }, asked) =>
      toShown(
        await gateway.deliveries.command(asked.name, name, {
          who: caller.id,
          ...(caller.identity && { sender: senderOf(caller) }),
        }),
      ),
    text: shownText,
  };
}

export const deliveryRetry = steering('retry', {
  title: 'Retry a delivery',
  description:
    'Goes on at the step that has failed. What the steps before it have done stays. Refused while no step has failed.',
  examples: [{ title: 'After the registry is back', input: { name: 'web' } }],
});

export const deliveryCancel = steering('cancel', {
  title: 'Cancel a delivery',
  description:
    'Ends a delivery. Its running step is stopped, and what its steps have done stays. A release that it has started goes on: release_abort ends it.',
  examples: [{ title: 'The open delivery', input: { name: 'web' } }],
});
