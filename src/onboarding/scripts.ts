import type { Deployment } from '../domain/onboarding/deployment.ts';
import type { DeploymentFileText } from './kubernetes-files.ts';

/** `build.sh` and `deploy.sh`. No name in them has a character that a shell reads (src/contract/deployment-file.ts). */
export function scripts(deployment: Deployment): readonly DeploymentFileText[] {
  return [
    { path: 'build.sh', text: BUILD, executable: true },
    { path: 'deploy.sh', text: deploy(deployment), executable: true },
  ];
}

const BUILD = `#!/bin/sh
# Builds the image of this folder and pushes it. The arguments go to build-and-push.
set -eu
cd "$(dirname "$0")"
exec build-and-push . "$@"
`;

function deploy({ namespace, name, image }: Deployment): string {
  return `#!/bin/sh
# The first version is applied. Every later one is a release, which moves users to it step by step.
set -eu
cd "$(dirname "$0")"
if kubectl get rollouts.argoproj.io '${name}' --namespace '${namespace}' >/dev/null 2>&1; then
  exec sluice release start '${namespace}/${name}' --image '${image}' "$@"
fi
exec kubectl apply --kustomize k8s/overlays/production
`;
}
