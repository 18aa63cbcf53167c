import { z } from 'zod';
import { effectProblem } from '../../contract/effect.ts';
import { parse } from '../../contract/parse.ts';
import { routeFields } from '../../contract/place.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { RouteView } from '../../ports/routes.ts';
import type { Command, CommandContext, Confirmation } from '../../commands/command.ts';
import { confirmField, requireConfirmation } from '../../commands/confirm.ts';
import { proveRoute } from '../../commands/prove-route.ts';
import type { Claim } from '../../commands/prove-route.ts';
import { effectText, refused, routeEffect } from './route-answer.ts';
import { inspectRoute } from './route-removal.ts';
import type { Removal } from './route-removal.ts';
import { toRouteSnapshot } from './route-snapshot.ts';

const input = z.strictObject({
  ...routeFields,
  idle_seconds: z
    .number()
    .int()
    .min(60)
    .max(3600)
    .default(300)
    .describe('Refused when its Services answered requests within this time.'),
  used_elsewhere: z
    .boolean()
    .optional()
    .describe('It is known that no requests come through this route, although counters cannot show it.'),
  confirm: confirmField,
});
const output = z.strictObject(routeEffect);

export const traefikDeleteRoute: Command<typeof input, typeof output> = {
  name: 'traefik_delete_route',
  title: 'Delete a weighted route',
  description:
    'Deletes the IngressRoute and the TraefikService of a route that nothing uses, and proves that no Traefik replica serves it. Refused while a Rollout, a release, another route or requests use it. Needs confirm.',
  kind: 'destructive',
  idempotent: true,
  toolset: 'traefik',
  input,
  output,
  examples: [
    { title: 'After a rollout', input: { namespace: 'shop', route_name: 'web-trial', confirm: 'shop/web-trial' } },
  ],
  check: (raw) => parse(input, raw),
  confirmation: async (context, given) => toConfirm(await inspectRoute(context, given)),
  async run(context, given) {
    const removal = await inspectRoute(context, given);
    const before = removal.view && toRouteSnapshot(removal.view, removal.writer);
    if (removal.refusal) return refused(removal.refusal.reason, before, removal.refusal.next);
    requireConfirmation(toConfirm(removal), given.confirm);
    const deleted = await remove(context, removal);
    const proof = await proveRoute(context, removal.view ?? { ref: removal.ref, entries: [] }, gone(deleted));
    return { changed: true, ...proof, ...(before && { before }) };
  },
  problem: effectProblem,
  text: (answer) =>
    effectText(answer.before ? `${answer.before.namespace}/${answer.before.route_name}` : 'The route', answer),
};

function toConfirm({ ref, refusal, caveats, view }: Removal): Confirmation | undefined {
  if (refusal) return undefined;
  const value = `${ref.namespace}/${ref.name}`;
  const rules = view?.rules.map(({ match }) => match).join(', ');
  const what = rules ? `, which answers ${rules},` : '';
  return { value, question: `Delete the route ${value}${what} for good?${caveats.map((text) => ` ${text}`).join('')}` };
}

/**
 * Deletes the rule first: a rule without its TraefikService answers with errors. A failure lists the objects that were
 * deleted before it.
 */
async function remove(context: CommandContext, { ingress, view }: Removal): Promise<readonly string[]> {
  const { routes } = context.ports;
  const deleted: string[] = [];
  if (ingress) {
    await routes.removeIngressRoute(ingress);
    deleted.push(`IngressRoute ${ingress.ref.namespace}/${ingress.ref.name}`);
  }
  if (!view) return deleted;
  try {
    if (ingress) await proveRoute(context, view, unrouted());
    await routes.removeTraefikService(view);
  } catch (error) {
    throw halfWay(error, deleted, view);
  }
  return [...deleted, `TraefikService ${view.ref.namespace}/${view.ref.name}`];
}

function halfWay(error: unknown, deleted: readonly string[], { ref }: RouteView): unknown {
  if (!(error instanceof SluiceError) || deleted.length === 0) return error;
  const message = `${deleted.join(' and ')} is deleted, TraefikService ${ref.namespace}/${ref.name} is not: ${error.message}`;
  return new SluiceError(error.code, message, {
    next: 'Repeat the call: it deletes what is left.',
    details: { ...error.details, deleted },
    cause: error,
  });
}

/** The claim that no rule leads to the TraefikService any more. It is proved before the TraefikService is deleted. */
function unrouted(): Claim {
  return {
    what: 'no router',
    missing: ({ rules, unknown, error, replica }) =>
      unknown || rules?.length === 0 ? undefined : `Traefik ${replica} ${error ?? 'still routes to it'}`,
  };
}

function gone(deleted: readonly string[]): Claim {
  const missing: Claim['missing'] = ({ unknown, replica, error }) =>
    unknown ? undefined : `Traefik ${replica} ${error ?? 'still serves it'}`;
  return { what: `The deletion of ${deleted.join(' and ')}`, missing };
}
