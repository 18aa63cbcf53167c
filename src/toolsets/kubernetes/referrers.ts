import { fullName, type ApiKind } from '../../domain/cluster-objects/api-kind.ts';
import { metaOf, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { referenceTo, referredBy } from '../../domain/cluster-objects/references.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { ObjectAt } from '../../ports/cluster-objects.ts';
import type { CommandContext } from '../../commands/command.ts';

/** The kinds that are searched for references, if the cluster serves them. */
const SEARCHED: readonly string[] = [
  ...['pods', 'services', 'serviceaccounts'],
  ...['deployments.apps', 'replicasets.apps', 'statefulsets.apps', 'daemonsets.apps', 'jobs.batch', 'cronjobs.batch'],
  ...['ingresses.networking.k8s.io', 'horizontalpodautoscalers.autoscaling', 'poddisruptionbudgets.policy'],
  ...['endpointslices.discovery.k8s.io', 'httproutes.gateway.networking.k8s.io'],
  ...['rollouts.argoproj.io', 'analysisruns.argoproj.io', 'traefikservices.traefik.io', 'ingressroutes.traefik.io'],
];
/** Of each kind, this many objects are searched. */
const READ = 500;

export interface Referrer {
  readonly kind: string;
  readonly name: string;
  /** "is owned by it", "names it in spec.volumes.configMap.name". */
  readonly how: string;
}

export interface FoundReferrers {
  readonly referrers: readonly Referrer[];
  /** "pods: …" for each kind that could not be searched completely. */
  readonly notSearched: readonly string[];
}

/** The objects of the same namespace that refer to an object. */
export async function referrersOf(context: CommandContext, at: ObjectAt, object: ApiObject): Promise<FoundReferrers> {
  const { clusterObjects } = context.ports;
  const kinds = (await clusterObjects.kinds(at.cluster)).filter(
    (kind) => kind.preferred && SEARCHED.includes(fullName(kind)),
  );
  const found = await Promise.all(kinds.map((kind) => searched(context, at, object, kind)));
  return {
    referrers: found.flatMap(({ referrers }) => referrers),
    notSearched: found.flatMap(({ notSearched }) => notSearched),
  };
}

async function searched(
  { ports }: CommandContext,
  { cluster, namespace }: ObjectAt,
  object: ApiObject,
  kind: ApiKind,
): Promise<FoundReferrers> {
  const target = referredBy(object);
  try {
    const { items, next } = await ports.clusterObjects.page({ cluster, kind, namespace }, { limit: READ });
    const referrers = items.flatMap((item) => {
      const how = referenceTo(target, item);
      const { name, uid } = metaOf(item);
      return how === undefined || uid === target.uid ? [] : [{ kind: kind.kind, name, how }];
    });
    return { referrers, notSearched: next === undefined ? [] : [`${kind.plural}: only the first ${READ}`] };
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    return { referrers: [], notSearched: [`${kind.plural}: ${error.message}`] };
  }
}
