import { fullName } from '../../domain/cluster-objects/api-kind.ts';
import { numberAt, textAt } from '../../domain/cluster-objects/api-object.ts';
import { workloadState } from '../../domain/cluster-objects/workload-state.ts';
import { conversionOf } from '../../domain/conversion/marks.ts';
import { stableServiceOf } from '../../domain/conversion/new-objects.ts';
import type { CommandContext } from '../../commands/command.ts';
import type { PlannedChange } from '../../commands/objects/draft.ts';
import { objectText } from '../../commands/objects/located.ts';
import { provedRules } from './proved-rules.ts';
import { objectAt } from './surroundings.ts';
import { afterProxiesKnow, waited, type Seen, type Settled } from './waited.ts';

/** Waits for what a step to the Rollout has to bring about. */
export async function settledToRollout(
  context: CommandContext,
  change: PlannedChange,
  { name, wait }: { readonly name: string; readonly wait?: string | undefined },
): Promise<Settled | undefined> {
  switch (fullName(change.at.kind)) {
    case 'rollouts.argoproj.io':
      return rolloutServes(context, change, wait);
    case 'ingressroutes.traefik.io':
      return provedRules(context, change, name, 'it');
    default:
      return undefined;
  }
}

/** Waits for what a step back to the Deployment has to bring about. */
export async function settledToDeployment(
  context: CommandContext,
  change: PlannedChange,
  { name, wait }: { readonly name: string; readonly wait?: string | undefined },
): Promise<Settled | undefined> {
  if (change.write.how === 'delete') return undefined;
  switch (fullName(change.at.kind)) {
    case 'deployments.apps':
      return waited(context, wait, () => deploymentComplete(context, change));
    case 'ingressroutes.traefik.io':
      return provedRules(context, change, name, 'elsewhere');
    case 'rollouts.argoproj.io':
      return serviceLeadsToBoth(context, change, wait);
    default:
      return undefined;
  }
}

/** Argo narrows the Service to the pods of the Rollout when all of them are available. */
async function rolloutServes(context: CommandContext, { at, wanted }: PlannedChange, wait: string | undefined) {
  const { cluster, namespace = '' } = at;
  const service = stableServiceOf(wanted) ?? '';
  const settled = await waited(context, wait, async (): Promise<Seen> => {
    const rollout = await context.ports.clusterObjects.read(at);
    const state = workloadState(rollout);
    if (state?.state !== 'complete') return { done: false, what: `${objectText(at)}: ${clause(state?.message)}` };
    const stable = textAt(rollout, 'status', 'stableRS');
    const { hash, ready } = await context.ports.routes.service({ cluster, namespace, name: service });
    const done = hash !== undefined && hash === stable && ready > 0;
    const what = done
      ? `${objectText(at)} is Healthy, and Service ${service} leads to its pods`
      : `${objectText(at)} is Healthy, and Service ${service} does not lead to its pods only yet`;
    return { done, what };
  });
  return afterProxiesKnow(context, settled);
}

async function deploymentComplete({ ports }: CommandContext, { at }: PlannedChange): Promise<Seen> {
  const state = workloadState(await ports.clusterObjects.read(at));
  return { done: state?.state === 'complete', what: `${objectText(at)}: ${clause(state?.message)}` };
}

/** Every ready pod of both has to be an endpoint of the Service before those of the Rollout end. */
async function serviceLeadsToBoth(context: CommandContext, { at, before }: PlannedChange, wait: string | undefined) {
  const { cluster, namespace = '' } = at;
  const made = before && conversionOf(before);
  if (!made) return undefined;
  const deployment = await objectAt(context, { cluster, namespace, list: 'deployments', name: made.deployment });
  const settled = await waited(context, wait, async (): Promise<Seen> => {
    const { hash, ready } = await context.ports.routes.service({ cluster, namespace, name: made.service });
    const both = await Promise.all([at, deployment].map((one) => context.ports.clusterObjects.read(one)));
    const pods = both.reduce((sum, one) => sum + (numberAt(one, 'status', 'availableReplicas') ?? 0), 0);
    const text = `Service ${namespace}/${made.service}`;
    if (hash !== undefined) return { done: false, what: `${text} still leads to the pods of the Rollout only` };
    return { done: ready >= pods, what: `${text} leads to ${ready} of ${pods} pods of the Rollout and the Deployment` };
  });
  return afterProxiesKnow(context, settled);
}

function clause(sentence = 'its state is unknown.'): string {
  const text = sentence.replace(/\.$/, '');
  return text.charAt(0).toLowerCase() + text.slice(1);
}
