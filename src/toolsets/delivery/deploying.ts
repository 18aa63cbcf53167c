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

export interface DeployAsked {
  readonly name: string;
  readonly cluster?: string | undefined;
}

const OVERLAY = 'k8s/overlays/production/kustomization.yaml';

/**
 * What the first version of a deployment creates. Errors: NOT_APPLICABLE for a later version, which is a release, and
 * for an overlay that somebody has edited; those of `folderOf`, `manifestDrafts` and `planned`.
 */
export async function deploying(context: CommandContext, { name, cluster: asked }: DeployAsked): Promise<Plan> {
  const cluster = await clusterOf(context, asked);
  const folder = await folderOf(context, name);
  requireOwnOverlay(folder);
  const { namespace } = folder.deployment;
  const documents = baseFiles(folder).flatMap(([path, text]) => objectsIn(path, text));
  const drafts = await manifestDrafts(context, documents, { cluster, namespace, force: false, field: 'k8s/base' });
  requireFirst(folder, drafts);
  return planned(context, { action: 'deploy', name, cluster }, drafts);
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
function requireFirst({ deployment }: Folder, drafts: readonly Draft[]): void {
  const { name, namespace, image } = deployment;
  const rollout = drafts.find(({ at }) => at.kind.kind === 'Rollout' && at.name === name);
  if (!rollout?.before || imagesOf(rollout.before).some((one) => isSameImage(one, image))) return;
  const running = imagesOf(rollout.before).map((one) => imageParts(one).tag ?? one);
  throw new SluiceError('NOT_APPLICABLE', `Rollout ${namespace}/${name} runs ${running.join(', ')} already.`, {
    next: `A later version is a release: call release_start with target ${namespace}/${name} and image ${image}.`,
    details: { namespace, rollout: name, image },
  });
}

function imagesOf(rollout: ApiObject): readonly string[] {
  const containers = valueAt(rollout, ['spec', 'template', 'spec', 'containers']);
  return (Array.isArray(containers) ? containers : []).map((one: ApiObject) => String(one['image']));
}
