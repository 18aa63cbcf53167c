import { z } from 'zod';
import { effectFields, effectProblem } from '../../contract/effect.ts';
import { parse } from '../../contract/parse.ts';
import { rolloutFields } from '../../contract/place.ts';
import { rolloutSnapshot } from '../../contract/rollout-snapshot.ts';
import { SluiceError } from '../../domain/errors.ts';
import { cleanText } from '../../domain/safe-text.ts';
import type { RolloutDetail } from '../../ports/rollout-objects.ts';
import type { Command, CommandContext, Confirmation } from '../../commands/command.ts';
import { confirmField, requireConfirmation } from '../../commands/confirm.ts';
import { refuseOwned } from '../../commands/owned.ts';
import { effectLines, targetOf, toSnapshot } from './rollout-answer.ts';

const input = z.strictObject({ ...rolloutFields, confirm: confirmField });
const output = z.strictObject(effectFields(rolloutSnapshot));
type Where = z.output<typeof input>;

export const argoDeleteRollout: Command<typeof input, typeof output> = {
  name: 'argo_delete_rollout',
  title: 'Delete a Rollout',
  description:
    'Deletes a Rollout, and with it all its pods. Services and routes stay, without pods. Needs confirm. Refused while a release owns it.',
  kind: 'destructive',
  idempotent: true,
  toolset: 'argo',
  input,
  output,
  examples: [{ title: 'Delete web', input: { namespace: 'shop', name: 'web', confirm: 'shop/web' } }],
  check: (raw) => parse(input, raw ?? {}),
  confirmation: async (context, where) => (await look(context, where)).needed,
  async run(context, where) {
    const { detail, routes, needed } = await look(context, where);
    requireConfirmation(needed, where.confirm);
    const { before, after, ...effect } = await context.ports.rolloutObjects.remove(detail.target, (owner) =>
      refuseOwned(owner, `Rollout ${needed.value}`),
    );
    return {
      ...effect,
      ...(before ? { before: toSnapshot(before) } : {}),
      ...(after ? { after: toSnapshot(after) } : {}),
      ...(routes.length > 0
        ? {
            next: `${routes.join(', ')} still sends traffic to its Services: delete it with traefik_delete_route, or create the Rollout again.`,
          }
        : {}),
    };
  },
  problem: effectProblem,
  text: (answer) => effectLines(answer).join('\n'),
};

interface Look {
  readonly detail: RolloutDetail;
  /** "TraefikService shop/web" for each one that sends requests to its Services. */
  readonly routes: readonly string[];
  readonly needed: Confirmation;
}

/** Errors: OWNED_BY_OTHER, before a person is asked. */
async function look(context: CommandContext, where: Where): Promise<Look> {
  const target = await targetOf(context, where);
  const detail = await context.ports.rolloutObjects.read(target);
  const value = `${where.namespace}/${where.name}`;
  refuseOwned(detail.owner, `Rollout ${value}`);
  const routes = await routesTo(context, detail);
  const traffic =
    routes.length > 0
      ? ` ${routes.join(', ')} still sends traffic to them: its callers will get errors.`
      : ' No route to its Services was found.';
  return {
    detail,
    routes,
    needed: { value, question: `Delete Rollout ${value} and ${await podsText(context, detail)}?${traffic}` },
  };
}

/** Pods are counted by ReplicaSet, because the status of a Rollout during an update omits some. */
async function podsText({ ports }: CommandContext, { target, replicas }: RolloutDetail): Promise<string> {
  try {
    const revisions = await ports.rolloutObjects.revisions(target);
    const pods = revisions
      .filter(({ replicas }) => replicas.ready > 0)
      .map(({ replicas, images }) => `${replicas.ready} of ${Object.values(images).join(', ')}`);
    return pods.length > 0 ? `all its ready pods (${pods.join('; ')})` : 'its pods, of which none is ready';
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'FORBIDDEN')
      return `its pods (${replicas.desired} are wanted; this account may not count them)`;
    throw error;
  }
}

async function routesTo(
  context: CommandContext,
  { target, stableService, candidateService }: RolloutDetail,
): Promise<string[]> {
  const services = [stableService, candidateService].filter((name) => name !== undefined);
  if (services.length === 0) return [];
  const { links } = await context.ports.routes.links({ cluster: target.cluster, namespace: target.namespace });
  const leading = links.filter(
    ({ to }) => to.kind === 'Service' && to.namespace === target.namespace && services.includes(to.name),
  );
  return [...new Set(leading.map(({ from }) => `${from.kind} ${from.namespace}/${cleanText(from.name, 253)}`))];
}
