import { SluiceError } from '../../domain/errors.ts';
import type { RouteView } from '../../ports/routes.ts';
import type { CommandContext } from '../../commands/command.ts';
import type { PlannedChange } from '../../commands/objects/draft.ts';
import { objectText } from '../../commands/objects/located.ts';
import { proveRoute, type Claim } from '../../commands/prove-route.ts';
import { afterProxiesKnow, type Settled } from './waited.ts';

/**
 * Waits until every Traefik replica has the routers of a TraefikService that are written. `to`: an IngressRoute leads
 * to it now, or does not any more.
 */
export async function provedRules(
  context: CommandContext,
  { at }: Pick<PlannedChange, 'at'>,
  traefikService: string,
  to: 'it' | 'elsewhere',
): Promise<Settled> {
  const { namespace = '', cluster } = at;
  const what = `${objectText(at)}${to === 'it' ? '' : ', back to its Service,'}`;
  const view = await context.ports.routes.read({ cluster, namespace, name: traefikService }).catch(absent);
  if (!view) return { effective: 'proved', reason: `${what} is written, and there is no TraefikService any more` };
  if (view.served.length === 0)
    return afterProxiesKnow(context, {
      effective: 'proved',
      reason: `${what} was read back as planned; no Traefik API is configured, so Traefik itself was not asked`,
    });
  return proveRoute(context, view, claimOf(view, what, to));
}

function claimOf(view: RouteView, what: string, to: 'it' | 'elsewhere'): Claim {
  const written = view.rules.map(({ match }) => match);
  const weights = view.entries.map(({ weight }) => weight);
  return {
    what,
    missing({ replica, unknown, error, weights: served, rules = [] }) {
      const name = `Traefik ${replica}`;
      if (unknown && to === 'elsewhere') return undefined;
      if (unknown) return `${name} does not know the route`;
      if (!served) return `${name}: ${error ?? 'no weights'}`;
      if (to === 'it' && JSON.stringify(served) !== JSON.stringify(weights))
        return `${name} serves ${served.join('/')} instead of ${weights.join('/')}`;
      const lacking = to === 'it' ? without(written, rules) : [];
      if (lacking.length > 0) return `${name} has no enabled router for ${lacking[0]}`;
      const extra = to === 'elsewhere' ? without(rules, written) : [];
      return extra.length > 0 ? `${name} still leads ${extra[0]} to it` : undefined;
    },
  };
}

/** Two IngressRoutes can have the same rule for different entry points. */
function without(rules: readonly string[], others: readonly string[]): readonly string[] {
  const left = [...others];
  return rules.filter((rule) => {
    const place = left.indexOf(rule);
    if (place >= 0) left.splice(place, 1);
    return place < 0;
  });
}

function absent(error: unknown): undefined {
  if (!(error instanceof SluiceError && error.code === 'TRAFFIC_SERVICE_NOT_FOUND')) throw error;
}
