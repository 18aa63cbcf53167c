import { metaOf, recordAt, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { podTrouble } from '../../domain/cluster-objects/workload-state.ts';
import { ignoreFailure } from '../../domain/errors.ts';
import { cleanText, maskSecrets } from '../../domain/safe-text.ts';
import type { ObjectAt } from '../../ports/cluster-objects.ts';
import type { CommandContext } from '../command.ts';
import { kindIn } from './located.ts';

export interface TroubledPod {
  readonly name: string;
  readonly problem: string;
}

const MAX_PODS = 10;

/** The pods of a workload that are not ready, with the reason. Empty also if pods may not be read. */
export async function troubledPods(context: CommandContext, at: ObjectAt, object: ApiObject): Promise<TroubledPod[]> {
  const labels = Object.entries(recordAt(object, 'spec', 'selector', 'matchLabels'));
  if (labels.length === 0) return [];
  const kind = await kindIn(context, at.cluster, 'pods.v1');
  const labelSelector = labels.map(([key, value]) => `${key}=${String(value)}`).join(',');
  const page = await context.ports.clusterObjects
    .page({ cluster: at.cluster, kind, namespace: at.namespace }, { limit: 200, labelSelector })
    .catch(ignoreFailure);
  return (page?.items ?? [])
    .flatMap((pod) => {
      const problem = podTrouble(pod);
      return problem === undefined ? [] : [{ name: metaOf(pod).name, problem: maskSecrets(cleanText(problem, 300)) }];
    })
    .slice(0, MAX_PODS);
}
