import type { HelmReleaseAt, HelmRevision, HelmStatus } from '../domain/helm/release.ts';

/** The record of one revision. Its content is compressed, so `open` decodes it only where it is needed. */
export interface HelmRecord extends HelmReleaseAt {
  readonly revision: number;
  readonly status: HelmStatus;
  readonly uid: string;
  readonly resourceVersion: string;
  /** The content, as Helm encodes it. */
  readonly encoded: string;
}

/**
 * The records in which Helm keeps its releases: Secrets of the type helm.sh/release.v1. They are read without the
 * program helm. Errors of all: CLUSTER_*, FORBIDDEN.
 */
export interface HelmReleasesPort {
  /**
   * The records of one release, of a namespace, or of the cluster: by namespace and name, the newest revision first.
   * Errors: NAMESPACE_NOT_FOUND, and NOT_APPLICABLE for a named release that Helm keeps in ConfigMaps.
   */
  records(from: {
    readonly cluster: string;
    readonly namespace?: string | undefined;
    readonly name?: string | undefined;
    /** Without revisions that a newer one has replaced. */
    readonly current?: boolean;
  }): Promise<readonly HelmRecord[]>;
  /** The content of a record that `records` returned. Errors: HELM_REFUSED if it cannot be decoded. */
  open(record: HelmRecord): Promise<HelmRevision>;
  /**
   * Marks a record as failed, so that Helm accepts the next operation. Errors: CONFLICT (the record is another one than
   * `record`).
   */
  markFailed(record: HelmRecord, description: string): Promise<void>;
}
