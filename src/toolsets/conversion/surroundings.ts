import { fullName, type ApiKind } from '../../domain/cluster-objects/api-kind.ts';
import type { ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { CommandContext } from '../../commands/command.ts';
import { clusterOf, kindIn } from '../../commands/objects/located.ts';
import type { ObjectAt } from '../../ports/cluster-objects.ts';

const READ = 500;

/** The kinds that a conversion reads, by the name of their list. */
const KINDS = {
  services: 'services.v1',
  rollouts: 'rollouts.argoproj.io',
  ingressRoutes: 'ingressroutes.traefik.io',
  traefikServices: 'traefikservices.traefik.io',
  deployments: 'deployments.apps',
  statefulSets: 'statefulsets.apps',
  daemonSets: 'daemonsets.apps',
  ingresses: 'ingresses.networking.k8s.io',
  autoscalers: 'horizontalpodautoscalers.autoscaling',
  budgets: 'poddisruptionbudgets.policy',
} as const;
export type KindName = keyof typeof KINDS;

/** Without these there is nothing to convert to. */
const NEEDED: readonly KindName[] = ['rollouts', 'ingressRoutes', 'traefikServices'];

/** A Deployment and the objects of its namespace that may have to do with it. */
export interface Surroundings extends Readonly<Record<KindName, readonly ApiObject[]>> {
  readonly cluster: string;
  readonly namespace: string;
  readonly deployment: ApiObject;
}

export interface AskedDeployment {
  readonly cluster?: string | undefined;
  readonly namespace: string;
  readonly name: string;
}

/** Errors: CRD_MISSING, OBJECT_NOT_FOUND, and those of the port. */
export async function readSurroundings(context: CommandContext, asked: AskedDeployment): Promise<Surroundings> {
  const { namespace, name } = asked;
  const cluster = await clusterOf(context, asked.cluster);
  const deployment = await context.ports.clusterObjects.read(
    await objectAt(context, { cluster, namespace, list: 'deployments', name }),
  );
  const names = Object.keys(KINDS) as KindName[];
  const lists = await Promise.all(
    names.map(async (list) => [list, await listOf(context, { cluster, namespace, list })] as const),
  );
  return { cluster, namespace, deployment, ...(Object.fromEntries(lists) as Record<KindName, readonly ApiObject[]>) };
}

interface ListAt {
  readonly cluster: string;
  readonly namespace: string;
  readonly list: KindName;
}

/** Where an object is. Errors: CRD_MISSING. */
export async function objectAt(context: CommandContext, at: ListAt & { readonly name: string }): Promise<ObjectAt> {
  const kind = await servedKind(context, at);
  if (!kind) throw new SluiceError('CRD_MISSING', `Cluster "${at.cluster}" serves no ${KINDS[at.list]}.`);
  return { cluster: at.cluster, kind, namespace: at.namespace, name: at.name };
}

async function listOf(context: CommandContext, at: ListAt): Promise<readonly ApiObject[]> {
  const kind = await servedKind(context, at);
  if (!kind) return [];
  const items: ApiObject[] = [];
  let from: string | undefined;
  do {
    const page = await context.ports.clusterObjects
      .page({ cluster: at.cluster, kind, namespace: at.namespace }, { limit: READ, continue: from })
      // The Deployment has been read, so its namespace exists.
      .catch((error: unknown) => {
        if (error instanceof SluiceError && error.code === 'NAMESPACE_NOT_FOUND') return { items: [] };
        throw error;
      });
    items.push(...page.items);
    from = 'next' in page ? page.next : undefined;
  } while (from !== undefined);
  return items;
}

/** Undefined if the cluster does not serve a kind that is not needed. Errors: CRD_MISSING. */
async function servedKind(context: CommandContext, { cluster, list }: ListAt): Promise<ApiKind | undefined> {
  const kinds = await context.ports.clusterObjects.kinds(cluster);
  if (kinds.some((kind) => fullName(kind) === KINDS[list].replace(/[.]v1$/, '')))
    return kindIn(context, cluster, KINDS[list]);
  if (NEEDED.includes(list)) throw new SluiceError('CRD_MISSING', `Cluster "${cluster}" serves no ${KINDS[list]}.`);
  return undefined;
}
