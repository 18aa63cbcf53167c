/** A chart that the release upgrades. Its release of Helm is in the namespace of the target. */
export interface HelmSource {
  /** Name of the release of Helm. */
  readonly release: string;
  readonly chart: string;
  readonly version?: string;
  readonly repoUrl?: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** Files with values under `values`, in the folder of charts of the worker. */
  readonly valuesFiles?: readonly string[];
  /** The values replace those of the last revision, instead of being merged over them. */
  readonly resetValues: boolean;
  /** Fields that another field manager has written are taken over. */
  readonly takeOver: boolean;
  /** How long Helm waits for each hook. */
  readonly hookSeconds: number;
}

/** A chart as it was when the release was planned. */
export interface HelmPlan extends HelmSource {
  /** The newest revision at that time. A rollback restores it. */
  readonly revision: number;
  readonly image: string;
  /** Digest of what the chart renders. */
  readonly digest: string;
  /** Digest of what `revision` holds. */
  readonly before: string;
  /** Paths of values that differ at each rendering. They are not part of the digests. */
  readonly varying: readonly string[];
}

/** A field of a file in Git, which Flux applies. */
export interface FluxSource {
  /** The Kustomization that applies the target. Absent namespace: that of the target. */
  readonly kustomization: string;
  readonly namespace?: string;
  /** Path of the file in the repository. */
  readonly file: string;
  /** Path of the field in the file, as in `images[0].newTag`. If absent, it is found by the target. */
  readonly field?: string;
  /** Name of the HelmRelease whose chart has the target. If absent, the Kustomization applies the target itself. */
  readonly helmRelease?: string;
  /** What the field becomes, as the version of a chart. If absent, the image or its tag. */
  readonly value?: string;
  /** The commit goes to this branch, and somebody merges it. If absent, it goes to the branch that Flux reads. */
  readonly pushTo?: string;
}

/** The file as it was when the release was planned. */
export interface FluxPlan extends FluxSource {
  readonly namespace: string;
  /** Name and namespace of the GitRepository. */
  readonly repository: { readonly namespace: string; readonly name: string };
  /** Name and namespace of the HelmRelease. */
  readonly release?: { readonly namespace: string; readonly name: string };
  readonly url: string;
  readonly branch: string;
  readonly image: string;
  /** Values of the field: an image, its tag, or what `value` names. */
  readonly from: string;
  readonly to: string;
}

/** Where the version of a release comes from, for kinds of targets that are not written to directly. */
export interface VersionSources {
  readonly helm?: HelmSource;
  readonly flux?: FluxSource;
}

/** The sources as they were when the release was planned. */
export interface SourcePlans {
  readonly helm?: HelmPlan;
  readonly flux?: FluxPlan;
}
