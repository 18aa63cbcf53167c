/** The states that Helm gives a release (https://helm.sh/docs, `helm status`). */
export const HELM_STATUSES = [
  'unknown',
  'deployed',
  'uninstalled',
  'superseded',
  'failed',
  'uninstalling',
  'pending-install',
  'pending-upgrade',
  'pending-rollback',
] as const;
export type HelmStatus = (typeof HELM_STATUSES)[number];

/** A release of Helm. It is another thing than a release of Sluice. */
export interface HelmReleaseAt {
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
}

export interface HelmHook {
  readonly name: string;
  readonly kind: string;
  /** `pre-install`, `post-upgrade`, `test`, … */
  readonly events: readonly string[];
  readonly weight: number;
  readonly manifest: string;
  /** Of its last run: `Succeeded`, `Failed`, `Running` or `Unknown`. Absent if it never ran in this revision. */
  readonly phase?: string;
}

/** One revision of a release, as Helm has stored it. */
export interface HelmRevision extends Omit<HelmReleaseAt, 'cluster'> {
  readonly revision: number;
  readonly status: HelmStatus;
  /** ISO 8601. Empty if Helm wrote none. */
  readonly updated: string;
  readonly description: string;
  readonly chart: { readonly name: string; readonly version: string; readonly appVersion: string };
  /** The values of the chart itself. */
  readonly defaults: Readonly<Record<string, unknown>>;
  /** The values that were given, over those of the chart. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly notes: string;
  /** YAML with one document for each object, without hooks. */
  readonly manifest: string;
  readonly hooks: readonly HelmHook[];
}

/** Whether an operation of Helm holds the release: Helm refuses the next one until it ends. */
export function isHeld(status: HelmStatus): boolean {
  return status.startsWith('pending-') || status === 'uninstalling';
}

/** The hooks of a revision that run at an operation, before or after it. */
export function hooksAt(
  { hooks }: Pick<HelmRevision, 'hooks'>,
  operation: 'install' | 'upgrade' | 'rollback' | 'delete',
): readonly HelmHook[] {
  return hooks.filter(({ events }) => events.some((event) => event.endsWith(`-${operation}`)));
}

/** A release, for a sentence: "shop/web". */
export function releaseText({ namespace, name }: Pick<HelmReleaseAt, 'namespace' | 'name'>): string {
  return `${namespace}/${name}`;
}

/** A chart with its version: "web-1.2.0". */
export function chartText({ name, version }: HelmRevision['chart']): string {
  return `${name}-${version}`;
}
