import { z } from 'zod';
import type { Clusters } from '../../adapters/kubernetes/cluster-client.ts';
import { REPLICA_SET, ROLLOUT } from '../../adapters/kubernetes/kinds.ts';
import { plainLine } from '../../adapters/kubernetes/text.ts';
import { SluiceError } from '../../domain/errors.ts';
import { armNames } from '../../domain/route/arm-names.ts';
import type { SplitPort, TrafficRef, TrafficView } from '../../ports/split.ts';
import { podsOf, reportOf } from './report.ts';
import { ReplicaSet, Rollout } from './schema.ts';

const MARKED = { changed: false, detail: 'the Rollout alone has an owner mark' } as const;

/**
 * Traffic that Argo divides itself: by a router that is not read here, or by the number of pods. `ref.name` is the name
 * of the Rollout. The weights are Argo's own report. Nothing is written. Errors: ROLLOUT_NOT_FOUND, FORBIDDEN,
 * CLUSTER_*, INTERNAL (the API server answered something that is no Rollout).
 */
export function createSplit(clusters: Clusters): SplitPort {
  return {
    controllerOnly: true,
    read: (ref) => read(clusters, ref),
    find: async () => [],
    setWeight: async () => ({ refused: true, detail: 'Argo sets the weights of this Rollout' }),
    inForce: async () => [],
    selfAnswering: async () => [],
    rivals: async () => [],
    claim: async () => MARKED,
    fence: async () => MARKED,
    unclaim: async () => MARKED,
  };
}

async function read(clusters: Clusters, ref: TrafficRef): Promise<TrafficView> {
  const client = clusters.client(ref.cluster);
  const rollout = parse(ref, await client.get({ kind: ROLLOUT, namespace: ref.namespace, name: ref.name }));
  const labels = Object.entries(rollout.spec.selector?.matchLabels ?? {}).map(([label, value]) => `${label}=${value}`);
  const sets = await client.list(REPLICA_SET, ref.namespace, labels.join(',') || undefined);
  const pods = podsOf(
    rollout,
    sets.flatMap((set) => ReplicaSet.safeParse(set).data ?? []),
  );
  const { weight, text } = reportOf(rollout, pods);
  const { stableService, canaryService: candidateService } = rollout.spec.strategy.canary ?? {};
  const { stable, candidate } = armNames({ stableService, candidateService });
  const arm = (service: string, share: number) => ({ service, weight: share, port: '', metricsService: '' });
  return {
    ref,
    resourceVersion: rollout.metadata.resourceVersion,
    weights: [arm(stable, 100 - weight), arm(candidate, weight)],
    sticky: false,
    report: plainLine(text),
  };
}

function parse({ namespace, name }: TrafficRef, object: unknown): Rollout {
  const parsed = Rollout.safeParse(object);
  if (parsed.success) return parsed.data;
  const message = `Rollout ${namespace}/${name} has an unexpected form: ${plainLine(z.prettifyError(parsed.error))}`;
  throw new SluiceError('INTERNAL', message, { cause: parsed.error });
}
