import { delimiter, resolve } from 'node:path';

/** Variables that would lead Helm to another place than the one that its arguments name, or to other output. */
const OURS = /^HELM_(NAMESPACE|KUBE.*|DRIVER.*|DEBUG)$/;

/**
 * The environment of Helm: that of this process, so that its repositories, registries, proxies and credential plug-ins
 * are those of the user. `kubeconfig`: the file of the settings. Paths are made absolute, because Helm runs in a
 * folder of its own.
 */
export function helmEnvironment(env: NodeJS.ProcessEnv, kubeconfig: string | undefined): NodeJS.ProcessEnv {
  const kept = Object.fromEntries(Object.entries(env).filter(([name]) => !OURS.test(name)));
  const files = kubeconfig ?? env['KUBECONFIG'];
  return {
    ...kept,
    HELM_DRIVER: 'secret',
    ...(files
      ? {
          KUBECONFIG: files
            .split(delimiter)
            .map((file) => (file ? resolve(file) : file))
            .join(delimiter),
        }
      : {}),
  };
}
