import { BRIDGE_FILE } from '../domain/onboarding/dockerfiles/bridge.ts';
import { baseWarnings, dockerfileOf } from '../domain/onboarding/dockerfiles/index.ts';
import type { BaseImages } from '../domain/onboarding/dockerfiles/lines.ts';
import type { Deployment } from '../domain/onboarding/deployment.ts';
import type { Service } from '../domain/onboarding/service.ts';
import type { Source } from '../domain/onboarding/source.ts';
import { newDeployment, nextDeployment, type Wanted } from './deployment-text.ts';
import { kubernetesFiles, type DeploymentFileText, type Templates } from './kubernetes-files.ts';
import { isUnedited, marked } from './mark.ts';
import { scripts } from './scripts.ts';

/** `keep`: somebody has edited the file, so it stays as it is. */
export type FileAction = 'create' | 'update' | 'same' | 'keep' | 'remove';

export interface PlannedFile extends DeploymentFileText {
  readonly action: FileAction;
}

/** The files of a deployment's folder after it was written, and what a reader should know. */
export interface DeploymentPlan {
  readonly deployment: Deployment;
  readonly files: readonly PlannedFile[];
  readonly warnings: readonly string[];
}

/** The present files of the folder, by path. Without those of `source/`. */
export type Present = Readonly<Record<string, string>>;

/** What the images of deployments are made of, beside the source. */
export interface Materials {
  readonly pinned: BaseImages;
  /** The program that serves an MCP server over stdin and stdout at an address. Needed for such a server only. */
  readonly bridge?: string | undefined;
}

/** What onboarding writes. Errors: DEPLOYMENT_FILE_INVALID, TEMPLATE_INVALID. */
export function planDeployment(
  source: Source,
  service: Service,
  wanted: Wanted,
  present: Present,
  { pinned, bridge }: Materials,
): DeploymentPlan {
  const old = present['deployment.yaml'];
  const { text, deployment } =
    old === undefined ? newDeployment(source, service, wanted) : nextDeployment(old, source, service, wanted);
  const dockerfile = dockerfileOf(service, source.texts['Dockerfile'], pinned, deployment.name);
  const generated: readonly DeploymentFileText[] = [
    { path: 'Dockerfile', text: dockerfile.text, executable: false },
    ...(bridge === undefined ? [] : [{ path: BRIDGE_FILE, text: bridge, executable: false }]),
    ...kubernetesFiles(deployment, templatesIn(present)),
    ...scripts(deployment),
  ];
  const own: PlannedFile = { path: 'deployment.yaml', text, executable: false, action: actionOf(old, text, true) };
  return {
    deployment,
    files: [own, ...planned(generated, present)],
    warnings: [...service.warnings, ...baseWarnings(dockerfile.bases, pinned)],
  };
}

/** What a new rendering of the Kubernetes files writes. Errors: TEMPLATE_INVALID. */
export function planRendering(deployment: Deployment, present: Present): readonly PlannedFile[] {
  const inKubernetes = Object.entries(present).filter(([path]) => path.startsWith('k8s/'));
  return planned(kubernetesFiles(deployment, templatesIn(present)), Object.fromEntries(inKubernetes));
}

/** The templates are the YAML files directly in `k8s/`. */
export function templatesIn(present: Present): Templates {
  const found = Object.entries(present).flatMap(([path, text]) => {
    const [, name] = /^k8s\/([^/]+\.ya?ml)$/.exec(path) ?? [];
    return name === undefined ? [] : [[name, text] as const];
  });
  return Object.fromEntries(found);
}

function planned(generated: readonly DeploymentFileText[], present: Present): readonly PlannedFile[] {
  const files = generated.map((file): PlannedFile => {
    const text = marked(file.path, file.text);
    const old = present[file.path];
    const action = actionOf(old, text, old !== undefined && isUnedited(old));
    return { ...file, text: action === 'keep' ? (old ?? text) : text, action };
  });
  const paths = files.map(({ path }) => path);
  const left = Object.entries(present).filter(
    ([path, text]) => /^(k8s\/(base|overlays)|bridge)\//.test(path) && !paths.includes(path) && isUnedited(text),
  );
  return [...files, ...left.map(([path, text]): PlannedFile => ({ path, text, executable: false, action: 'remove' }))];
}

function actionOf(old: string | undefined, text: string, mayReplace: boolean): FileAction {
  if (old === undefined) return 'create';
  if (old === text) return 'same';
  return mayReplace ? 'update' : 'keep';
}
