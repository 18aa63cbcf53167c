import type { HelmPort } from '../../ports/helm.ts';
import { releaseCalls } from './changes.ts';
import { chartCalls, type ChartSettings } from './charts.ts';
import { helmEnvironment } from './environment.ts';
import { findProgram, type FoundProgram } from './find-program.ts';
import { repositoryCalls } from './repositories.ts';
import { HelmRunner } from './runner.ts';

export { createHelmReleases } from './releases.ts';

export interface HelmSettings extends ChartSettings {
  /** The path of the program. If absent, it is looked for on PATH. */
  readonly program?: string | undefined;
  /** The kubeconfig of the clusters. */
  readonly kubeconfig?: string | undefined;
}

/** HelmPort on the program helm. It starts nothing. `find`: for tests. */
export function createHelm(settings: HelmSettings, find?: () => Promise<FoundProgram>): HelmPort {
  const { program, kubeconfig } = settings;
  const helm = new HelmRunner(
    find ?? (() => findProgram(program, helmEnvironment(process.env, kubeconfig))),
    kubeconfig,
  );
  return {
    version: async () => (await helm.program()).version,
    ...chartCalls(helm, settings),
    ...releaseCalls(helm),
    ...repositoryCalls(helm),
  };
}
