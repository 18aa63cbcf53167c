import { readKubeconfigFiles } from '../kubernetes/kubeconfig-files.ts';
import type { HelmReleaseAt } from '../../domain/helm/release.ts';
import type { HelmCall } from '../../ports/helm.ts';
import type { FoundProgram } from './find-program.ts';
import { actingAccount } from '../../ports/acting-account.ts';
import { SluiceError } from '../../domain/errors.ts';
import { refused, type ProgramEnd } from './program.ts';

export interface Run {
  /** "upgrade shop/web", for errors. */
  readonly what: string;
  readonly cwd: string;
  readonly command: readonly string[];
  readonly flags?: readonly string[];
  /** What follows `--`: none of it can become a flag. */
  readonly positional?: readonly string[];
  readonly at?: HelmReleaseAt;
  /** Exit codes that are answers. */
  readonly accepted?: readonly number[];
}

/** Runs Helm with checked arguments. */
export class HelmRunner {
  readonly #find: () => Promise<FoundProgram>;
  readonly #kubeconfig: string | undefined;
  #found: Promise<FoundProgram> | undefined;

  constructor(find: () => Promise<FoundProgram>, kubeconfig: string | undefined) {
    this.#find = find;
    this.#kubeconfig = kubeconfig;
  }

  /** A program that was not found is looked for again at the next call. */
  program(): Promise<FoundProgram> {
    this.#found ??= this.#find();
    this.#found.catch(() => (this.#found = undefined));
    return this.#found;
  }

  /** Errors: HELM_REFUSED for an exit code that is not accepted, and those of the program. */
  async run(
    { what, cwd, command, flags = [], positional = [], at, accepted = [0] }: Run,
    { signal, timeoutMs }: HelmCall,
  ): Promise<ProgramEnd> {
    const { run } = await this.program();
    const args = [...command, ...(at ? this.#placeOf(at) : []), ...flags, '--', ...positional];
    const end = await run({ args, cwd, signal, timeoutMs });
    if (accepted.includes(end.code)) return end;
    throw refused(end, what);
  }

  /** In a pod without a kubeconfig no context can be named, and Helm takes the service account as this process does. */
  #placeOf({ cluster, namespace }: HelmReleaseAt): readonly string[] {
    const isNamed = readKubeconfigFiles(this.#kubeconfig).contexts.has(cluster);
    return [...(isNamed ? [`--kube-context=${cluster}`] : []), `--namespace=${namespace}`, ...actingFlags(isNamed)];
  }
}

/**
 * Errors: NOT_APPLICABLE in a pod without a kubeconfig: with these flags Helm does not look for the cluster of its pod,
 * and asks localhost:8080. Source: findings/helm-acting-in-a-pod.sh (Helm 4.3.1).
 */
function actingFlags(hasKubeconfig: boolean): readonly string[] {
  const account = actingAccount();
  if (!account) return [];
  if (hasKubeconfig)
    return [`--kube-as-user=${account.user}`, ...account.groups.map((group) => `--kube-as-group=${group}`)];
  throw new SluiceError('NOT_APPLICABLE', `Helm cannot act for ${account.user} here, because there is no kubeconfig.`, {
    next: 'Give the server a kubeconfig with SLUICE_KUBECONFIG, or use the toolset kubernetes.',
  });
}
