import type { ChartSource } from '../domain/helm/chart-source.ts';
import type { HelmReleaseAt, HelmRevision } from '../domain/helm/release.ts';

/** Limits of one run of the program. */
export interface HelmCall {
  readonly signal: AbortSignal;
  /** After this time the program is ended. */
  readonly timeoutMs: number;
}

export type ChartPart = 'chart' | 'values' | 'readme' | 'crds';
export type HelmValues = Readonly<Record<string, unknown>>;

/** A chart that was fetched once, so that everything that is done with it concerns the same content. */
export interface HeldChart {
  /** The path of the folder or archive. */
  readonly path: string;
}

/** What an installation or an upgrade is made of. */
export interface HelmChange {
  readonly at: HelmReleaseAt;
  readonly chart: HeldChart;
  readonly values: HelmValues;
  /** `upgrade`: the release exists. */
  readonly how: 'install' | 'upgrade';
  /** The given values replace those of the last release, instead of being merged over them. */
  readonly resetValues?: boolean | undefined;
  readonly createNamespace?: boolean | undefined;
  readonly skipCrds?: boolean | undefined;
  /** Fields that another field manager has written are taken over. Only Helm 4 knows field managers. */
  readonly takeOver?: boolean | undefined;
  /** How long Helm waits for each hook. */
  readonly hookSeconds: number;
}

export interface HelmRepository {
  readonly name: string;
  readonly url: string;
}

export interface FoundChart {
  readonly name: string;
  readonly version: string;
  readonly appVersion: string;
  readonly description: string;
}

/**
 * The program helm, version 4 or 3. Errors of all: HELM_MISSING, HELM_REFUSED with what Helm says, HELM_STOPPED,
 * HELM_TOO_LARGE.
 */
export interface HelmPort {
  /** As in `4.3`. It is read once. */
  version(): Promise<string>;
  /**
   * Fetches a chart, works with it, and removes what was fetched. Errors: INVALID_INPUT for a local path that is not
   * in the folder of charts.
   */
  withChart<T>(source: ChartSource, call: HelmCall, work: (chart: HeldChart) => Promise<T>): Promise<T>;
  /**
   * The values of files in the folder of charts, later ones over earlier ones. Errors: INVALID_INPUT for a path that is
   * not in that folder, and for a file that has no values.
   */
  fileValues(files: readonly string[]): Promise<HelmValues>;
  /** A text: YAML or Markdown. */
  show(chart: HeldChart, part: ChartPart, call: HelmCall): Promise<string>;
  /** Renders without a cluster, for the installation of a release. YAML, with the hooks in it. */
  template(change: Pick<HelmChange, 'at' | 'chart' | 'values'>, call: HelmCall): Promise<string>;
  /** The findings, one a line. `passed`: none of them is an error. */
  lint(chart: HeldChart, values: HelmValues, call: HelmCall): Promise<{ passed: boolean; lines: readonly string[] }>;
  /** The revision that Helm would store. Helm reads the cluster, and writes nothing. */
  render(change: HelmChange, call: HelmCall): Promise<HelmRevision>;
  /** Helm does not wait for pods, only for hooks. */
  change(change: HelmChange, call: HelmCall): Promise<HelmRevision>;
  rollback(
    at: HelmReleaseAt,
    revision: number,
    options: { hookSeconds: number; takeOver?: boolean | undefined },
    call: HelmCall,
  ): Promise<void>;
  uninstall(
    at: HelmReleaseAt,
    options: { hookSeconds: number; keepHistory?: boolean | undefined },
    call: HelmCall,
  ): Promise<void>;
  /** Runs the test hooks. `passed`: all of them. `output`: what Helm and the logs of the hooks say. */
  test(at: HelmReleaseAt, hookSeconds: number, call: HelmCall): Promise<{ passed: boolean; output: string }>;
  repositories(call: HelmCall): Promise<readonly HelmRepository[]>;
  addRepository(repository: HelmRepository, call: HelmCall): Promise<void>;
  /** Reads the indexes again. Without names those of all repositories. */
  updateRepositories(names: readonly string[], call: HelmCall): Promise<void>;
  removeRepository(name: string, call: HelmCall): Promise<void>;
  /** Charts of the known repositories. `versions`: every version, not only the newest. */
  search(
    keyword: string,
    options: { versions: boolean; range?: string | undefined },
    call: HelmCall,
  ): Promise<readonly FoundChart[]>;
}
