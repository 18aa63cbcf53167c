import { textAt, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { revisionParts } from '../../domain/flux/commit.ts';
import type { FluxPlan } from '../../domain/release/version-source.ts';
import type { ClusterObjectsPort, ObjectAt } from '../../ports/cluster-objects.ts';
import { fluxObject, readyReason, reconciled, type Wait } from './reconcile.ts';
import { requireRequests } from './rights.ts';

/** What has to be asked for a version in Git to reach the target, in this order. */
export interface Chain {
  readonly repository: ObjectAt;
  readonly kustomization: ObjectAt;
  /** Only if a chart has the target. */
  readonly release?: ObjectAt;
}

/** Errors: CRD_MISSING, FORBIDDEN if the account may not ask Flux to handle one of the objects. */
export async function chainOf(objects: ClusterObjectsPort, cluster: string, plan: FluxPlan): Promise<Chain> {
  const { namespace, kustomization: name, release } = plan;
  const chain: Chain = {
    repository: await fluxObject(objects, 'GitRepository', { cluster, ...plan.repository }),
    kustomization: await fluxObject(objects, 'Kustomization', { cluster, namespace, name }),
    ...(release && { release: await fluxObject(objects, 'HelmRelease', { cluster, ...release }) }),
  };
  await requireRequests(objects, Object.values(chain) as readonly ObjectAt[]);
  return chain;
}

interface Awaited {
  readonly wait: Wait;
  /** Whether the target has the image. */
  readonly hasImage: () => Promise<boolean>;
  /** A Kustomization that waits for health is not ready while a Rollout is held, so only the way back waits for it. */
  readonly isForward: boolean;
}

/** Waits until Flux has read the commit and applied it, and the target has the image. Returns what was applied. */
export async function applied(
  objects: ClusterObjectsPort,
  { repository, kustomization, release }: Chain,
  branch: string,
  { wait, hasImage, isForward }: Awaited,
): Promise<string> {
  await reconciled(objects, repository, wait);
  const done = await reconciled(objects, kustomization, wait, async (object) => {
    // Others may push meanwhile, and Flux then applies a later commit.
    const newest = textAt(await objects.read(repository), 'status', 'artifact', 'revision');
    const isTried = newest === textAt(object, 'status', 'lastAttemptedRevision');
    // A Kustomization that waits for its HelmRelease is not over before that one is asked.
    if (release) return isTried;
    return isTried && (await hasImage()) && (isForward || isOver(object));
  });
  if (release) await reconciled(objects, release, wait, async (_, ready) => (isForward || ready) && (await hasImage()));
  return appliedText(done, branch, kustomization, release);
}

function appliedText(done: ApiObject, branch: string, by: ObjectAt, release: ObjectAt | undefined): string {
  const revision = textAt(done, 'status', 'lastAttemptedRevision') ?? '';
  const commit = revisionParts(revision).commit ?? revision;
  const isApplied = textAt(done, 'status', 'lastAppliedRevision') === revision;
  const means = release ? ` and HelmRelease ${release.namespace}/${release.name}` : '';
  return `commit ${commit.slice(0, 12)} of ${branch} ${isApplied ? 'is applied' : 'is being applied'} by Kustomization ${by.namespace}/${by.name}${means}`;
}

/** Whether Flux has applied the revision, or has given up to wait for its health. */
function isOver(object: ApiObject): boolean {
  const [tried, last] = ['lastAttemptedRevision', 'lastAppliedRevision'].map((field) =>
    textAt(object, 'status', field),
  );
  return last === tried || readyReason(object) === 'HealthCheckFailed';
}
