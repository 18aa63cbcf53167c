import { z } from 'zod';
import { argoStrategyName } from '../../domain/argo-strategies.ts';
import { parse } from '../../contract/parse.ts';
import { objectName, placeFields } from '../../contract/place.ts';
import { SluiceError } from '../../domain/errors.ts';
import { cleanText } from '../../domain/safe-text.ts';
import type { RolloutListing } from '../../ports/rollout-feed.ts';
import type { RolloutState } from '../../domain/rollout.ts';
import type { Command, CommandContext } from '../../commands/command.ts';

const PHASES = ['Healthy', 'Progressing', 'Paused', 'Degraded'] as const;

const input = z.strictObject({
  cluster: placeFields.cluster,
  namespace: objectName.optional().describe('Only this namespace.'),
  phase: z.enum(PHASES).optional().describe('Only this phase.'),
  limit: z.int().min(1).max(1000).optional().describe('Maximum number. Default 50.'),
  fresh: z.boolean().optional().describe('Read the cluster now instead of a watched copy.'),
});

const row = z.strictObject({
  namespace: z.string(),
  name: z.string(),
  strategy: z.string(),
  phase: z.string(),
  message: z.string().optional(),
  image: z.string(),
  step: z.string().optional(),
  weight: z.number().optional(),
  release_id: z.string().optional(),
});

const output = z.strictObject({
  rollouts: z.array(row),
  total: z.number().describe('How many match; more than are listed when limit cut them.'),
  resource_version: z.string(),
  age_ms: z.number().describe('Age of the answer; 0: read just now.'),
  source: z.enum(['cache', 'live']),
});

export const argoListRollouts: Command<typeof input, typeof output> = {
  name: 'argo_list_rollouts',
  title: 'List Rollouts',
  description:
    'Rollouts by namespace and name, with phase, image, step and written weight. Read argo_get_rollout_status before acting on one.',
  kind: 'read',
  idempotent: true,
  toolset: 'argo',
  input,
  output,
  examples: [{ title: 'What waits for a person', input: { phase: 'Paused' } }],
  check: (raw) => parse(input, raw ?? {}),
  async run(context, { cluster, namespace, phase, limit = 50, fresh = false }) {
    const listing = await listIn(context, { cluster: cluster ?? (await context.clusters.current()), fresh }, namespace);
    const found = listing.items.filter((view) => phase === undefined || view.phase === phase).toSorted(byName);
    return {
      rollouts: found.slice(0, limit).map(toRow),
      total: found.length,
      resource_version: listing.resourceVersion,
      age_ms: listing.ageMs,
      source: listing.source,
    };
  },
  text: ({ rollouts, total, source, age_ms }) =>
    [
      ...rollouts.map(line),
      rollouts.length < total
        ? `${total - rollouts.length} more match: raise limit, or name a namespace or phase.`
        : `${total === 0 ? 'No Rollouts match' : `${total} in all`} (${source}${age_ms > 0 ? `, ${age_ms} ms old` : ''}).`,
    ].join('\n'),
};

/**
 * Rollouts of all allowed namespaces. If they are limited, each one is listed separately, because the account may not
 * have rights elsewhere.
 */
async function listIn(
  context: CommandContext,
  place: { cluster: string; fresh: boolean },
  namespace: string | undefined,
): Promise<RolloutListing> {
  const { allowedNamespaces } = context.settings;
  if (namespace !== undefined) return context.ports.rolloutFeed.list({ ...place, namespace });
  if (allowedNamespaces.length === 0) return context.ports.rolloutFeed.list(place);
  const listings = await Promise.all(
    allowedNamespaces.map((allowed) => listAllowed(context, { ...place, namespace: allowed })),
  );
  return joined(listings.flatMap((listing) => listing ?? []));
}

/** Undefined for an allowed namespace that does not exist, so that the Rollouts of the others are still listed. */
async function listAllowed(
  { ports }: CommandContext,
  place: { cluster: string; fresh: boolean; namespace: string },
): Promise<RolloutListing | undefined> {
  try {
    return await ports.rolloutFeed.list(place);
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'NAMESPACE_NOT_FOUND') return undefined;
    throw error;
  }
}

/** Joins lists. The age of the result is that of the oldest list. */
function joined(listings: readonly RolloutListing[]): RolloutListing {
  const oldest = listings.toSorted((a, b) => b.ageMs - a.ageMs)[0];
  return {
    items: listings.flatMap(({ items }) => items),
    resourceVersion: oldest?.resourceVersion ?? '',
    ageMs: oldest?.ageMs ?? 0,
    source: listings.some(({ source }) => source === 'cache') ? 'cache' : 'live',
  };
}

function byName({ target: a }: RolloutState, { target: b }: RolloutState): number {
  return a.namespace.localeCompare(b.namespace) || a.rollout.localeCompare(b.rollout);
}

function toRow(view: RolloutState): z.output<typeof row> {
  const images = Object.values(view.images).map((image) => cleanText(image, 200));
  return {
    namespace: view.target.namespace,
    name: view.target.rollout,
    strategy: argoStrategyName(view),
    phase: view.phase,
    ...(view.message ? { message: cleanText(view.message, 200) } : {}),
    image: images.join(', ') || (view.workload ? 'in its workload' : 'none'),
    ...(view.stepIndex === undefined ? {} : { step: `${view.stepIndex}/${view.steps.length}` }),
    ...(view.canaryWeight === undefined ? {} : { weight: view.canaryWeight }),
    ...(view.owner ? { release_id: view.owner.releaseId } : {}),
  };
}

function line(seen: z.output<typeof row>): string {
  const parts = [
    seen.image,
    seen.strategy,
    ...(seen.step ? [`step ${seen.step}`] : []),
    ...(seen.weight === undefined ? [] : [`weight ${seen.weight}`]),
    ...(seen.release_id ? [seen.release_id] : []),
  ];
  return `${seen.namespace}/${seen.name}: ${seen.phase}${seen.message ? `, ${seen.message}` : ''} (${parts.join('; ')})`;
}
