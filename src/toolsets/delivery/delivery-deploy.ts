import { z } from 'zod';
import { effectProblem } from '../../contract/effect.ts';
import { parse } from '../../contract/parse.ts';
import { outcomeText } from '../../commands/effect-text.ts';
import type { Command, CommandContext } from '../../commands/command.ts';
import { carriedOut } from '../../commands/objects/carried-out.ts';
import { digestField, requirePlanned } from '../../commands/objects/carried-plan.ts';
import type { Outcome } from '../../commands/objects/draft.ts';
import type { Plan } from '../../commands/objects/planned.ts';
import { objectLines, toTouchedObject, writeOutput, type WriteOutput } from '../../commands/objects/write-answer.ts';
import { deploying } from './deploying.ts';
import { deployFields, touchedBy } from './delivery-deploy-plan.ts';

const input = z.strictObject({
  ...deployFields,
  digest: digestField('delivery_deploy_plan'),
});

export const deliveryDeploy: Command<typeof input, typeof writeOutput> = {
  name: 'delivery_deploy',
  title: 'Deploy a first version',
  description:
    'Creates the objects of k8s/base of a deployment by server-side apply, exactly as delivery_deploy_plan has shown them. For the first version only: a later one is a release.',
  kind: 'write',
  idempotent: true,
  toolset: 'delivery',
  positional: ['name'],
  input,
  output: writeOutput,
  listed: { output: ['changed', 'effective', 'reason'] },
  examples: [{ title: 'The planned deployment', input: { name: 'web', digest: '0123456789abcdef' } }],
  check: (raw) => parse(input, raw ?? {}),
  touches: touchedBy,
  async run(context, { digest, ...asked }) {
    const plan = await deploying(context, asked);
    requirePlanned('delivery_deploy_plan', `the deployment of ${asked.name}`, plan.digest, digest);
    return deployed(context, plan, asked.name);
  },
  problem: effectProblem,
  text: ({ objects, next, ...outcome }) =>
    [outcomeText(outcome), ...objects.flatMap(objectLines), ...(next === undefined ? [] : [next])].join('\n'),
};

async function deployed(context: CommandContext, { changes }: Plan, name: string): Promise<WriteOutput> {
  const outcomes: Outcome[] = [];
  for (const change of changes) outcomes.push(await carriedOut(context, change));
  const pending = outcomes.filter(({ effective }) => effective === 'pending');
  const shown = pending.length > 0 ? pending : outcomes;
  const namespace = changes[0]?.at.namespace ?? '';
  return {
    changed: outcomes.some(({ changed }) => changed),
    effective: pending.length > 0 ? 'pending' : 'proved',
    reason: shown.map(({ reason }) => reason).join('; '),
    objects: changes.map(toTouchedObject),
    ...(pending.length > 0
      ? { next: `Call k8s_rollout_status with kind rollouts, namespace ${namespace} and name ${name}.` }
      : {}),
  };
}
