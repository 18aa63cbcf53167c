import { valueAt, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { SluiceError } from '../../domain/errors.ts';
import { imageParts, isSameImage } from '../../domain/onboarding/image-reference.ts';
import type { CommandContext } from '../../commands/command.ts';
import type { Draft } from '../../commands/objects/draft.ts';
import { clusterOf } from '../../commands/objects/located.ts';
import { manifestDrafts } from '../../commands/objects/manifest-drafts.ts';
import { planned, type Plan } from '../../commands/objects/planned.ts';
import { objectsIn } from '../../commands/objects/yaml-text.ts';
import { isUnedited } from '../../onboarding/mark.ts';
import { folderOf, type Folder } from './folder.ts';
import { verifiedFiles } from './verified-files.ts';

export interface DeployAsked {
  readonly name: string;
  readonly cluster?: string | undefined;
}

const OVERLAY = 'k8s/overlays/production/kustomization.yaml';

/**
 * What the first version of a deployment creates. Errors: NOT_APPLICABLE for a later version, which is a release, and
 * for an overlay that somebody has edited; those of `folderOf`, `verifiedFiles`, `manifestDrafts` and `planned`.
 */
export async function deploying(context: CommandContext, { name, cluster: asked }: DeployAsked): Promise<Plan> {
  const cluster = await clusterOf(context, asked);
  const folder = await folderOf(context, name);
  await requireSigned(context, folder);
  const found = await deployable(context, folder, cluster);
  requireFirst(folder, found.drafts);
  if (found.missing.length === 0)
    throw new SluiceError('NOT_APPLICABLE', `The cluster has every object of the deployment ${name} already.`, {
      next: 'A later version is a release: call release_start with its image.',
    });
  return found.planned();
}

/** Where the settings name a key, the image has to be signed. */
async function requireSigned({ delivery: { signer } }: CommandContext, { present, deployment }: Folder): Promise<void> {
  if (!(await signer.demanded())) return;
  await verifiedFiles(signer, present, /@(sha256:[0-9a-f]{64})$/.exec(deployment.image)?.[1] ?? 'a tag');
}

/** The objects of a deployment as the cluster has them, and a function that plans the creation of the missing ones. */
export interface Deployable {
  readonly drafts: readonly Draft[];
  readonly missing: readonly Draft[];
  planned(): Promise<Plan>;
}

/** Errors: NOT_APPLICABLE for an overlay that somebody has edited, and those of `manifestDrafts`. */
export async function deployable(context: CommandContext, folder: Folder, cluster: string): Promise<Deployable> {
  requireOwnOverlay(folder);
  const { namespace, name } = folder.deployment;
  const documents = baseFiles(folder).flatMap(([path, text]) => objectsIn(path, text));
  const drafts = await manifestDrafts(context, documents, { cluster, namespace, force: false, field: 'k8s/base' });
  const missing = isBegun(folder, drafts) ? drafts.filter(({ before }) => before === undefined) : drafts;
  return { drafts, missing, planned: () => planned(context, { action: 'deploy', name, cluster }, missing) };
}

/**
 * Whether an earlier deployment of this image has made the Rollout. From then on Argo writes the selectors of the
 * Services, so what is there is not applied again.
 */
function isBegun({ deployment }: Folder, drafts: readonly Draft[]): boolean {
  const rollout = rolloutIn(drafts, deployment.name);
  return rollout !== undefined && imagesOf(rollout).some((one) => isSameImage(one, deployment.image));
}

function rolloutIn(drafts: readonly Draft[], name: string): ApiObject | undefined {
  return drafts.find(({ at }) => at.kind.kind === 'Rollout' && at.name === name)?.before;
}

/** The files that the base lists, in its order: a pod needs its account first. */
function baseFiles({ present }: Folder): readonly (readonly [string, string])[] {
  const [list] = objectsIn('k8s/base/kustomization.yaml', present['k8s/base/kustomization.yaml'] ?? '');
  const names = list?.['resources'];
  if (!Array.isArray(names)) throw new SluiceError('INVALID_INPUT', 'k8s/base/kustomization.yaml lists no resources.');
  return names.map((one: unknown) => {
    const path = `k8s/base/${String(one)}`;
    const text = present[path];
    if (text === undefined)
      throw new SluiceError('INVALID_INPUT', `k8s/base/kustomization.yaml lists ${path}, which is missing.`);
    return [path, text] as const;
  });
}

/** An overlay of ours names what the base has already. Others need Kustomize. Errors: NOT_APPLICABLE. */
function requireOwnOverlay({ present, deployment }: Folder): void {
  const text = present[OVERLAY];
  if (text === undefined || isUnedited(text)) return;
  throw new SluiceError(
    'NOT_APPLICABLE',
    `deployments/${deployment.name}/${OVERLAY} was edited, and only Kustomize can apply it.`,
    {
      next: 'Run deploy.sh, or apply it by Flux or Argo CD.',
    },
  );
}

/** A later version would reach every user at once. Errors: NOT_APPLICABLE. */
function requireFirst(folder: Folder, drafts: readonly Draft[]): void {
  const { name, namespace, image } = folder.deployment;
  const running = imagesOfOthers(folder, drafts);
  if (running.length === 0) return;
  throw new SluiceError('NOT_APPLICABLE', `Rollout ${namespace}/${name} runs ${running.join(', ')} already.`, {
    next: `A later version is a release: call release_start with target ${namespace}/${name} and image ${image}.`,
    details: { namespace, rollout: name, image },
  });
}

/** The tags of the images that the Rollout of the deployment runs. Empty if there is none, or if it runs this image. */
export function imagesOfOthers({ deployment }: Folder, drafts: readonly Draft[]): readonly string[] {
  const rollout = rolloutIn(drafts, deployment.name);
  if (!rollout || imagesOf(rollout).some((one) => isSameImage(one, deployment.image))) return [];
  return imagesOf(rollout).map((one) => imageParts(one).tag ?? one);
}

function imagesOf(rollout: ApiObject): readonly string[] {
  const containers = valueAt(rollout, ['spec', 'template', 'spec', 'containers']);
  return (Array.isArray(containers) ? containers : []).map((one: ApiObject) => String(one['image']));
}
