import { readKubeconfigFiles } from '../kubernetes/kubeconfig-files.ts';
import type { HelmReleaseAt } from '../../domain/helm/release.ts';
import type { HelmCall } from '../../ports/helm.ts';
import type { FoundProgram } from './find-program.ts';
import { actingIn, type Place } from './acting.ts';
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
    const { flags: place, variables }: Place = at ? this.#placeOf(at) : { flags: [] };
    const args = [...command, ...place, ...flags, '--', ...positional];
    const end = await run({ args, cwd, signal, timeoutMs, ...(variables && { variables }) });
    if (accepted.includes(end.code)) return end;
    throw refused(end, what);
  }

  /** In a pod without a kubeconfig no context can be named, and Helm takes the service account as this process does. */
  #placeOf({ cluster, namespace }: HelmReleaseAt): Place {
    const isNamed = readKubeconfigFiles(this.#kubeconfig).contexts.has(cluster);
    const acting = actingIn(isNamed);
    return {
      ...acting,
      flags: [...(isNamed ? [`--kube-context=${cluster}`] : []), `--namespace=${namespace}`, ...acting.flags],
    };
  }
}
