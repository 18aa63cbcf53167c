import type { ApiObject } from '../../domain/cluster-objects/api-object.ts';
import type { HelmRevision, HelmStatus } from '../../domain/helm/release.ts';
import type { Check, ReleaseSpec } from '../../domain/release/plan.ts';
import type { HelmSource } from '../../domain/release/version-source.ts';

/** A revision of Helm, and what Helm would make of it. */
export interface Rendered {
  readonly status: HelmStatus;
  readonly from: HelmRevision;
  readonly present: readonly ApiObject[];
  readonly to: HelmRevision;
  readonly wanted: readonly ApiObject[];
}

/** One target in both renderings. */
export interface Facts {
  readonly spec: ReleaseSpec;
  readonly source: HelmSource;
  readonly rendered: Rendered;
  readonly present: ApiObject | undefined;
  readonly wanted: ApiObject | undefined;
}

export const ok = (detail: string): Check => ({ name: 'helm', ok: true, detail });
export const bad = (detail: string, next: string): Check => ({ name: 'helm', ok: false, detail, next });
