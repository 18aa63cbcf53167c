// What is said about a binary. manifest.ts says it of each.

export type BinaryName =
  | 'etcd'
  | 'kube-apiserver'
  | 'kube-controller-manager'
  | 'kube-scheduler'
  | 'rollouts-controller'
  | 'kubectl-argo-rollouts'
  | 'traefik'
  | 'prometheus'
  | 'temporal'
  | 'temporal-server'
  | 'temporal-sql-tool'
  | 'source-controller'
  | 'kustomize-controller'
  | 'helm'
  | 'helm3'
  | 'kubectl'
  | 'promtool'
  | 'kubelet'
  | 'pause'
  | 'app';

/** Parts that a sandbox has only where somebody asks for them. */
export const ADD_ONS = ['flux', 'real-pods'] as const;
export type AddOn = (typeof ADD_ONS)[number];

export interface Release {
  /** `{os}` and `{arch}` are replaced. SLUICE_DOWNLOAD_BASE replaces the origin. */
  url: string;
  /** The checksum file published beside the release: `<sha256>` alone, or lines of `<sha256>  <file>`. */
  checksums: string;
  /** Path inside a .tar.gz. Absent when the download is the binary itself. */
  member?: string;
}

export interface GoBuild {
  /** Folder below sandbox/go whose go.mod and go.sum pin the code. */
  module: 'etcd' | 'kubernetes' | 'prometheus' | 'flux' | 'helm' | 'helm3' | 'pods' | 'temporal-server';
  package: string;
  ldflags?: string;
  tags?: string;
  /** Seconds of a cold build on two cores, as measured. Binaries of one module share most of it. */
  seconds: number;
}

export interface Binary {
  name: BinaryName;
  /** It is had only for this add-on. */
  addOn?: AddOn;
  /** It is no part of a sandbox, and is had only where a test asks for it by name. */
  onDemand?: true;
  version: string;
  /** Arguments that print the version, for binaries on PATH. */
  versionArgs: string[];
  /** The accepted versions of a binary on PATH, and their description in words. */
  accepts: { pattern: RegExp; words: string };
  release: Release | { none: string };
  wheel: { package: string; version: string } | { none: string };
  go: GoBuild | { none: string };
}
