import { Document } from 'yaml';
import type { ApiObject } from '../domain/cluster-objects/api-object.ts';
import type { Deployment } from '../domain/onboarding/deployment.ts';
import { baseKustomization, manifests, overlayKustomization } from '../domain/onboarding/manifests/index.ts';
import { substitute } from './template.ts';

/** A file of a deployment. Its path is relative to the folder of the deployment. */
export interface DeploymentFileText {
  readonly path: string;
  readonly text: string;
  readonly executable: boolean;
}

/** Templates of the user, by file name: `k8s/<name>.yaml` of the deployment. */
export type Templates = Readonly<Record<string, string>>;

/**
 * `k8s/base/` and `k8s/overlays/`. A template with the name of a file of ours takes its place; any other one is added.
 * Errors: TEMPLATE_INVALID.
 */
export function kubernetesFiles(deployment: Deployment, templates: Templates = {}): readonly DeploymentFileText[] {
  const ours = manifests(deployment).map(({ name, objects }) => [name, yamlOf(objects)] as const);
  const theirs = Object.entries(templates).map(
    ([name, text]) => [name, substitute(`k8s/${name}`, text, deployment)] as const,
  );
  const base = Object.entries({ ...Object.fromEntries(ours), ...Object.fromEntries(theirs) });
  const names = base.map(([name]) => name);
  return [
    ...base.map(([name, text]) => file(`k8s/base/${name}`, text)),
    file('k8s/base/kustomization.yaml', yamlOf([baseKustomization(names)])),
    file('k8s/overlays/production/kustomization.yaml', yamlOf([overlayKustomization(deployment)])),
  ];
}

const file = (path: string, text: string): DeploymentFileText => ({ path, text, executable: false });

function yamlOf(objects: readonly ApiObject[]): string {
  // Anchors would only appear because two objects share a part in memory.
  return objects
    .map((object) => new Document(object, { aliasDuplicateObjects: false }).toString({ lineWidth: 0 }))
    .join('---\n');
}
