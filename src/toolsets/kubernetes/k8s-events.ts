import { z } from 'zod';
import { anyObjectName } from '../../contract/cluster-object.ts';
import { parse } from '../../contract/parse.ts';
import { placeFields } from '../../contract/place.ts';
import { placesOf } from '../../commands/places.ts';
import type { Command } from '../../commands/command.ts';
import { eventLine, eventRow, eventSelector, eventsIn } from '../../commands/objects/events.ts';
import { clusterOf } from '../../commands/objects/located.ts';

const input = z.strictObject({
  cluster: placeFields.cluster,
  namespace: placeFields.namespace.optional().describe('Only this namespace.'),
  object_kind: z
    .string()
    .regex(/^[A-Z][A-Za-z0-9]{0,62}$/, 'must be a kind, as in Pod')
    .optional()
    .describe('Only events about this kind, as in Pod.'),
  object_name: anyObjectName.optional().describe('Only events about the object with this name.'),
  type: z.enum(['Normal', 'Warning']).optional().describe('Only this type.'),
  limit: z.int().min(1).max(200).optional().describe('Maximum number. Default 20.'),
});
const output = z.strictObject({
  events: z.array(eventRow),
  total: z.number().describe('How many match.'),
  partial: z.boolean().describe('True: not every event could be read; narrow the call.'),
});

export const k8sEvents: Command<typeof input, typeof output> = {
  name: 'k8s_events',
  title: 'Events, newest first',
  description:
    'Events of the cluster, of one namespace or about one object, newest first. A cluster usually keeps them for an hour.',
  kind: 'read',
  idempotent: true,
  toolset: 'kubernetes',
  prefix: 'k8s',
  input,
  output,
  examples: [{ title: 'Warnings of a namespace', input: { namespace: 'shop', type: 'Warning' } }],
  check: (raw) => parse(input, raw ?? {}),
  async run(context, { limit = 20, ...asked }) {
    const { namespace, object_kind: kind, object_name: name, type } = asked;
    const cluster = await clusterOf(context, asked.cluster);
    const places = placesOf(context.settings, namespace);
    const { events, partial } = await eventsIn(context, cluster, places, eventSelector({ kind, name, type }));
    return { events: events.slice(0, limit), total: events.length, partial };
  },
  text: ({ events, total, partial }) =>
    [
      ...events.map(eventLine),
      total === 0 ? 'No event matches.' : `${events.length} of ${total} events.`,
      ...(partial ? ['Not every event could be read: name a namespace or an object.'] : []),
    ].join('\n'),
};
