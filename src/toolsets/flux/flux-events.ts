import { z } from 'zod';
import { anyObjectName, kindName, objectsFields } from '../../contract/cluster-object.ts';
import { invalidInput, parse } from '../../contract/parse.ts';
import { fitted } from '../../domain/cluster-objects/fitted.ts';
import type { Command } from '../../commands/command.ts';
import { eventLine, eventRow, eventSelector, eventsIn } from '../../commands/objects/events.ts';
import { placesOf } from '../../commands/places.ts';
import { clusterOf } from '../../commands/objects/located.ts';
import { fluxKind, servedKinds } from './read-objects.ts';

const input = z.strictObject({
  cluster: objectsFields.cluster,
  namespace: objectsFields.namespace,
  kind: kindName.optional().describe('Only events about this kind, as in Kustomization.'),
  name: anyObjectName.optional().describe('Only events about the object of this name; needs kind.'),
  type: z.enum(['Normal', 'Warning']).optional().describe('Only this type.'),
  limit: z.int().min(1).max(200).optional().describe('Maximum number. Default 20.'),
});
const output = z.strictObject({
  events: z.array(eventRow),
  total: z.number().describe('How many match.'),
  partial: z.boolean().describe('True: not every event could be read; narrow the call.'),
});
const MAX_BYTES = 7500;

export const fluxEvents: Command<typeof input, typeof output> = {
  name: 'flux_events',
  title: 'Events of Flux, newest first',
  description: 'Events about objects of Flux, newest first. A cluster usually keeps them for an hour.',
  kind: 'read',
  idempotent: true,
  toolset: 'flux',
  input,
  output,
  examples: [
    { title: 'Warnings of a namespace', input: { namespace: 'shop', type: 'Warning' } },
    { title: 'About one object', input: { namespace: 'shop', kind: 'kustomizations', name: 'apps' } },
  ],
  check(raw) {
    const given = parse(input, raw ?? {});
    if (given.name === undefined || given.kind !== undefined) return given;
    throw invalidInput([{ path: 'kind', message: 'give the kind of the object beside its name' }]);
  },
  async run(context, { limit = 20, ...asked }) {
    const cluster = await clusterOf(context, asked.cluster);
    const kind = asked.kind === undefined ? undefined : await fluxKind(context, cluster, asked.kind);
    const places = placesOf(context.settings, asked.namespace);
    const selector = eventSelector({ ...asked, kind: kind?.kind });
    const kinds = kind === undefined ? await servedKinds(context, cluster) : [kind];
    const { events, partial } = await eventsIn(context, cluster, places, selector, kinds);
    const { value } = fitted(
      events.slice(0, limit).map((event) => ({ ...event })),
      MAX_BYTES,
    );
    return { events: value, total: events.length, partial };
  },
  text: ({ events, total, partial }) =>
    [
      ...events.map(eventLine),
      total === 0 ? 'No event about Flux matches.' : `${events.length} of ${total} events.`,
      ...(partial ? ['Not every event could be read: name a namespace or an object.'] : []),
    ].join('\n'),
};
