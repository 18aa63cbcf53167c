import { z } from 'zod';
import { effectFields, effectProblem } from '../../contract/effect.ts';
import { parse } from '../../contract/parse.ts';
import { rolloutFields } from '../../contract/place.ts';
import { rolloutSnapshot } from '../../contract/rollout-snapshot.ts';
import { cleanText } from '../../domain/safe-text.ts';
import type { RolloutDetail } from '../../ports/rollout-objects.ts';
import type { Command, CommandContext, Confirmation } from '../command.ts';
import { confirmField, requireConfirmation } from '../confirm.ts';
import { refuseOwned } from '../owned.ts';
import { effectLines } from './effect-lines.ts';
import { targetOf } from './place-of.ts';
import { toSnapshot } from './snapshot.ts';

const input = z.strictObject({ ...rolloutFields, confirm: confirmField });
const output = z.strictObject(effectFields(rolloutSnapshot));
type Where = z.output<typeof input>;

export const argoDeleteRollout: Command<typeof input, typeof output> = {
  name: 'argo_delete_rollout',
  title: 'Delete a Rollout',
  description: 'Deletes a Rollout, and with it all its pods. Services and routes stay, and answer nothing any more. Needs confirm. Refused while a release owns it.',
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
    const { before, after, ...effect } = await context.ports.rolloutObjects.remove(detail.target, (owner) => refuseOwned(owner, `Rollout ${needed.value}`));
    return {
      ...effect,
      ...(before ? { before: toSnapshot(before) } : {}),
      ...(after ? { after: toSnapshot(after) } : {}),
      ...(routes.length > 0 ? { next: `${routes.join(', ')} still sends traffic to its Services: delete it with traefik_delete_route, or make the Rollout anew.` } : {}),
    };
  },
  problem: effectProblem,
  text: (answer) => effectLines(answer).join('\n'),
};

interface Look {
  readonly detail: RolloutDetail;
  /** "TraefikService shop/web" for each that sends traffic to its Services. */
  readonly routes: readonly string[];
  readonly needed: Confirmation;
}

/** Errors: OWNED_BY_OTHER, before anybody is asked. */
async function look(context: CommandContext, where: Where): Promise<Look> {
  const detail = await context.ports.rolloutObjects.read(await targetOf(context, where));
  const value = `${where.namespace}/${where.name}`;
  refuseOwned(detail.owner, `Rollout ${value}`);
  const routes = await routesOf(context, detail);
  const pods = `${detail.pods.ready} ready pods (${Object.values(detail.images).map((image) => cleanText(image, 200)).join(', ') || 'image not known'})`;
  const traffic = routes.length > 0 ? ` ${routes.join(', ')} still sends traffic to them: its callers will get errors.` : ' No TraefikService over its two Services was found.';
  return { detail, routes, needed: { value, question: `Delete Rollout ${value} and its ${pods}?${traffic}` } };
}

async function routesOf(context: CommandContext, { target, stableService, candidateService }: RolloutDetail): Promise<string[]> {
  if (!stableService || !candidateService) return [];
  const { cluster, namespace } = target;
  const names = await context.ports.traffic.find({ cluster, namespace }, { stable: stableService, candidate: candidateService });
  return names.map((name) => `TraefikService ${namespace}/${cleanText(name, 253)}`);
}
