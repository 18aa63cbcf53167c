import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SluiceError } from '../../domain/errors.ts';
import { actingAccount } from '../../ports/acting-account.ts';
import { podServer, SERVICE_ACCOUNT } from '../kubernetes/service-account.ts';

/** What leads Helm to the cluster, and to the account of the call. */
export interface Place {
  readonly flags: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
}

/**
 * What makes Helm act for the account of the present call. With these flags Helm does not look for the cluster of its
 * pod, and asks localhost. So in a pod it gets the address, the CA and the token, the token not as an argument, which
 * others can see. Source: findings/helm-acting-in-a-pod.sh (Helm 4.3.1). `folder`: of the service account. Errors:
 * NOT_APPLICABLE with neither a kubeconfig nor a service account.
 */
export function actingIn(hasKubeconfig: boolean, env = process.env, folder = SERVICE_ACCOUNT): Place {
  const account = actingAccount();
  if (!account) return { flags: [] };
  const flags = [`--kube-as-user=${account.user}`, ...account.groups.map((group) => `--kube-as-group=${group}`)];
  return hasKubeconfig ? { flags } : { flags, variables: podVariables(account.user, env, folder) };
}

function podVariables(user: string, env: NodeJS.ProcessEnv, folder: string): Record<string, string> {
  const server = podServer(env, folder);
  if (server === undefined)
    throw new SluiceError('NOT_APPLICABLE', `Helm cannot act for ${user} here: there is no kubeconfig, and no pod.`, {
      next: 'Give the server a kubeconfig with SLUICE_KUBECONFIG, or use the toolset kubernetes.',
    });
  return {
    HELM_KUBEAPISERVER: server,
    HELM_KUBECAFILE: join(folder, 'ca.crt'),
    HELM_KUBETOKEN: readFileSync(join(folder, 'token'), 'utf8').trim(),
  };
}
