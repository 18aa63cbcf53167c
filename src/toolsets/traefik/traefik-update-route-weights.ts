import { z } from 'zod';
import { effectProblem } from '../../contract/effect.ts';
import { invalidInput, parse } from '../../contract/parse.ts';
import { objectName, routeFields } from '../../contract/place.ts';
import { SluiceError } from '../../domain/errors.ts';
import { resolveSplit, percentOf, wrongSplit } from '../../domain/route/weights.ts';
import type { Split } from '../../domain/route/weights.ts';
import type { Pair } from '../../domain/route/arms.ts';
import type { RouteView } from '../../ports/routes.ts';
import type { Command, CommandContext, Confirmation } from '../../commands/command.ts';
import { confirmField, requireConfirmation } from '../../commands/confirm.ts';
import { refuseOwned, whyItCannotAct } from '../../commands/owned.ts';
import { proveRoute, serves } from '../../commands/prove-route.ts';
import { effectText, refused, routeEffect, weightsText } from './route-answer.ts';
import { requirePair, rolloutsInNamespace, routeRef, writerOf } from './route-rollouts.ts';
import { toRouteSnapshot } from './route-snapshot.ts';

/** Percent for `step: true` when TRAEFIK_DEFAULT_WEIGHT_STEP is unset. */
const STEP = 10;

const percent = z.number();
const input = z.strictObject({
  ...routeFields,
  stable_weight: percent.optional().describe('Percent, 0 to 100. Default: 100 - canary_weight.'),
  canary_weight: percent.optional().describe('Percent, 0 to 100. Default: 100 - stable_weight.'),
  step: z
    .boolean()
    .optional()
    .describe('Instead of weights: one step (TRAEFIK_DEFAULT_WEIGHT_STEP, else 10) more for the canary.'),
  stable_service: objectName
    .optional()
    .describe('Needed when neither a Rollout nor the names show which Service is which.'),
  canary_service: objectName.optional().describe('As stable_service.'),
  take_over: z.boolean().optional().describe('Write although another field manager manages the weights.'),
  confirm: confirmField,
});
const output = z.strictObject(routeEffect);
type Input = z.output<typeof input>;

interface Intent {
  readonly view: RouteView;
  readonly pair: Pair;
  readonly split: Split;
  /** In the order of the route's entries. */
  readonly weights: readonly number[];
  readonly writer: string | undefined;
  readonly refusal?: { readonly reason: string; readonly next: string };
}

export const traefikUpdateRouteWeights: Command<typeof input, typeof output> = {
  name: 'traefik_update_route_weights',
  title: 'Change the weights of a route',
  description:
    'Sets the percentages of the stable and the canary Service of a weighted route, and proves them on every Traefik replica. Refused where Argo or a release writes the weights. All traffic to the canary needs confirm.',
  kind: 'destructive',
  idempotent: false,
  toolset: 'traefik',
  input,
  output,
  examples: [
    {
      title: 'A tenth to the canary',
      input: { namespace: 'shop', route_name: 'web', stable_weight: 90, canary_weight: 10 },
    },
  ],
  check(raw) {
    const given = parse(input, raw);
    const wrong = wrongSplit({ stable: given.stable_weight, canary: given.canary_weight, step: given.step });
    if (wrong)
      throw invalidInput([
        {
          path:
            given.canary_weight === undefined && given.stable_weight !== undefined ? 'stable_weight' : 'canary_weight',
          message: wrong,
        },
      ]);
    return given;
  },
  confirmation: async (context, given) => toConfirm(await intend(context, given)),
  async run(context, given) {
    const intent = await intend(context, given);
    const { view, weights, refusal, writer } = intent;
    const before = toRouteSnapshot(view, writer);
    if (refusal) return refused(refusal.reason, before, refusal.next);
    requireConfirmation(toConfirm(intent), given.confirm);
    const changed = !isAlready(intent);
    if (changed) await write(context, intent, given.take_over === true);
    const proof = await proveRoute(context, view, serves(weights, weightsText(view, weights)));
    const read = await context.ports.routes.read(view.ref);
    const stillSet = has(read, weights);
    const overwritten = {
      effective: 'pending',
      reason: `the TraefikService has other weights by now, ${weightsText(
        read,
        read.entries.map(({ weight }) => weight),
      )}: somebody else wrote it`,
    } as const;
    const outcome = stillSet ? proof : overwritten;
    return {
      changed,
      effective: outcome.effective,
      reason: changed ? outcome.reason : `It had these weights already: ${outcome.reason}`,
      before,
      after: toRouteSnapshot(read, writer),
    };
  },
  problem: effectProblem,
  text: (answer) =>
    effectText(answer.before ? `${answer.before.namespace}/${answer.before.route_name}` : 'The route', answer),
};

/** A write whose answer was lost may have happened. Then the weights are read back. */
async function write({ ports }: CommandContext, { view, weights }: Intent, takeOver: boolean): Promise<void> {
  try {
    await ports.routes.setWeights(view, weights, { takeOver });
  } catch (error) {
    const lost = error instanceof SluiceError && error.code === 'CLUSTER_UNREACHABLE';
    if (!lost || !has(await ports.routes.read(view.ref), weights)) throw error;
  }
}

const takesBack = (given: Input): boolean => given.canary_weight === 0 || given.stable_weight === 100;

function has({ entries }: RouteView, weights: readonly number[]): boolean {
  return entries.length === weights.length && entries.every(({ weight }, index) => weight === weights[index]);
}

function isAlready({ view, weights }: Intent): boolean {
  return has(view, weights);
}

function toConfirm(intent: Intent): Confirmation | undefined {
  const { view, split, refusal, pair } = intent;
  if (refusal || split.canary !== 100 || isAlready(intent)) return undefined;
  const value = `${view.ref.namespace}/${view.ref.name}`;
  return { value, question: `Send all requests of ${value} to ${pair.canary}, and none to ${pair.stable}?` };
}

/** The intent of the call in the current state. Errors: INVALID_INPUT, OWNED_BY_OTHER and those of the ports. */
async function intend(context: CommandContext, given: Input): Promise<Intent> {
  const ref = await routeRef(context, given);
  const [view, rollouts] = await Promise.all([context.ports.routes.read(ref), rolloutsInNamespace(context, ref)]);
  // It must be possible to take traffic away from the new version while its release cannot act.
  if (view.owner && !(takesBack(given) && (await whyItCannotAct(context, view.owner))))
    refuseOwned(view.owner, `TraefikService ${ref.namespace}/${ref.name}`);
  const named = {
    ...(given.stable_service !== undefined && { stable: given.stable_service }),
    ...(given.canary_service !== undefined && { canary: given.canary_service }),
  };
  const pair = view.form === 'weighted' ? requirePair(view, rollouts, named) : { stable: '', canary: '' };
  const now = percentOf(
    weightOf(view, pair.canary),
    view.entries.map(({ weight }) => weight),
  );
  const split = resolveSplit(
    { stable: given.stable_weight, canary: given.canary_weight },
    now,
    context.settings.weightStep ?? STEP,
  );
  const wanted = new Map([
    [pair.stable, split.stable],
    [pair.canary, split.canary],
  ]);
  const weights = view.entries.map(({ service, weight }) => wanted.get(service) ?? weight);
  const writer = writerOf(rollouts, ref)?.target.rollout;
  const intent = { view, pair, split, weights, writer };
  const refusal = refuseByState(intent) ?? (await refuseEmpty(context, intent));
  return { ...intent, ...(refusal && { refusal }) };
}

function weightOf(view: RouteView, service: string): number {
  return view.entries.find((entry) => entry.service === service)?.weight ?? 0;
}

function refuseByState({ view, pair, split, writer }: Intent): Intent['refusal'] {
  if (view.form !== 'weighted')
    return { reason: 'The TraefikService is not a weighted one', next: 'Name the weighted TraefikService behind it.' };
  if (writer !== undefined)
    return {
      reason: `Argo writes these weights: Rollout ${writer} names this TraefikService, and would overwrite them`,
      next: `Use argo_promote_rollout or argo_abort_rollout with name "${writer}".`,
    };
  const others = view.entries.filter(
    ({ service, weight }) => service !== pair.stable && service !== pair.canary && weight > 0,
  );
  if (others.length > 0)
    return {
      reason: `${others.map(({ service, weight }) => `${service} has weight ${weight}`).join(' and ')} besides, so percentages of two Services would not sum to 100`,
      next: 'Remove the other Services from the TraefikService first.',
    };
  if (new Set(view.entries.map(({ service }) => service)).size < view.entries.length)
    return {
      reason: 'A Service is listed twice, so its weight is not one number',
      next: 'Leave one entry for each Service in the TraefikService.',
    };
  const moves = split.canary > 0 && split.canary < 100;
  if (view.sticky && moves)
    return {
      reason:
        'The route is sticky: clients stay with the Service that they have while it has any weight, so a weight between 0 and 100 would not split them',
      next: 'Remove spec.weighted.sticky, or set 0 or 100.',
    };
  return undefined;
}

/** Traefik answers requests to a Service without ready endpoints with 503. */
async function refuseEmpty({ ports }: CommandContext, { view, weights }: Intent): Promise<Intent['refusal']> {
  const gaining = view.entries.filter(
    ({ kind, weight }, index) => kind === 'Service' && (weights[index] ?? 0) > weight,
  );
  const facts = await Promise.all(
    gaining.map(({ service, namespace }) =>
      ports.routes.service({ ...view.ref, namespace: namespace ?? view.ref.namespace, name: service }),
    ),
  );
  const empty = facts.filter(({ ready }) => ready === 0).map(({ name }) => name);
  if (empty.length === 0) return undefined;
  return {
    reason: `Service ${empty.join(' and ')} has no ready endpoints, so its requests would be answered with 503`,
    next: 'Wait for its pods to be ready, or see why they are not.',
  };
}
