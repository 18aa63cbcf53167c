import { z } from 'zod';
import { effectFields, effectProblem } from '../../contract/effect.ts';
import { invalidInput, parse } from '../../contract/parse.ts';
import { rolloutSnapshot } from '../../contract/rollout-snapshot.ts';
import type { Creation, NewRollout } from '../../ports/rollout-objects.ts';
import { ARGO_STRATEGY_NAMES, SWITCHED, WEIGHTED } from '../../domain/argo-strategies.ts';
import type { Command, CommandSettings } from '../../commands/command.ts';
import { effectLines, targetOf, toSnapshot } from './rollout-answer.ts';
import { newRolloutFields, problemsOf, toNewRollout } from './new-rollout.ts';
import type { NewRolloutInput } from './new-rollout.ts';
import { nextStep } from './next-step.ts';

const output = z.strictObject({
  ...effectFields(rolloutSnapshot),
  created: z.array(z.string()),
  found: z.array(z.string()).describe('Existing objects, used unchanged.'),
});

export const argoCreateRollout: Command<typeof newRolloutFields, typeof output> = {
  name: 'argo_create_rollout',
  title: 'Create a Rollout',
  description:
    'Creates a Rollout and its missing Services, or nothing. A canary needs its weighted TraefikService first (traefik_create_weighted_route). An existing Rollout is not changed.',
  kind: 'write',
  idempotent: false,
  toolset: 'argo',
  input: newRolloutFields,
  output,
  examples: [
    {
      title: 'A canary over the route web',
      input: { namespace: 'shop', name: 'web', image: 'registry/web:1.4.2', strategy: WEIGHTED, weights: [5, 25, 50] },
    },
    {
      title: `A ${SWITCHED} Rollout over an existing Deployment`,
      input: { namespace: 'shop', name: 'web', workload_ref: 'web', strategy: SWITCHED, port: 80 },
    },
  ],
  check(raw, settings) {
    const input = parse(newRolloutFields, raw ?? {});
    const problems = problemsOf(input, strategyFor(input, settings));
    if (problems.length > 0) throw invalidInput(problems);
    return input;
  },
  async run(context, input) {
    const wanted = toNewRollout(await targetOf(context, input), input, strategyFor(input, context.settings));
    const { after, before: _, missing, created, found, ...effect } = await context.ports.rolloutObjects.create(wanted);
    const next = after ? nextStep(after) : missing ? routeFirst(wanted, missing) : undefined;
    return {
      ...effect,
      created: [...created],
      found: [...found],
      ...(after ? { after: toSnapshot(after) } : {}),
      ...(next ? { next } : {}),
    };
  },
  problem: effectProblem,
  text: (answer) =>
    [
      ...effectLines(answer),
      ...(answer.created.length > 0 ? [`made: ${answer.created.join(', ')}`] : []),
      ...(answer.found.length > 0 ? [`used as it is: ${answer.found.join(', ')}`] : []),
    ].join('\n'),
};

/** Errors: INVALID_INPUT when the default is a strategy of releases that Rollouts do not have. */
function strategyFor({ strategy }: NewRolloutInput, { defaultStrategy }: CommandSettings): NewRollout['strategy'] {
  const name = strategy ?? ARGO_STRATEGY_NAMES.find((known) => known === defaultStrategy);
  if (name) return name;
  const known = ARGO_STRATEGY_NAMES.join(', ');
  const message = `is missing, and ARGO_DEFAULT_STRATEGY is ${defaultStrategy}, which no Rollout has; name one of ${known}`;
  throw invalidInput([{ path: 'strategy', message }]);
}

function routeFirst(
  { target, services }: NewRollout,
  { route, services: absent }: NonNullable<Creation['missing']>,
): string {
  const first = absent.length > 0 ? 'repeat this call with services_only: true; then ' : '';
  return `In this order: ${first}traefik_create_weighted_route with namespace "${target.namespace}", route_name "${route}", stable_service "${services?.stable}" and canary_service "${services?.candidate}"; then this call again. Or use strategy "rolling", which splits no traffic.`;
}
