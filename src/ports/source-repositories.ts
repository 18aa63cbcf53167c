import type { Source } from '../domain/onboarding/source.ts';

/** The part of a repository that a caller asks for. */
export interface SourceAsked {
  readonly url: string;
  /**
   * A branch, a tag, a full name such as `refs/tags/v1`, or the full id of a commit. Absent: the tag of `version` if
   * there is one, otherwise the default branch.
   */
  readonly ref?: string | undefined;
  /** The version that is wanted. Its tag has its name, or that name with or without a leading `v`. */
  readonly version?: string | undefined;
  /** A folder of the repository. Absent: the whole repository. */
  readonly folder?: string | undefined;
  /** Whether an address may name a folder of this machine. */
  readonly local: boolean;
}

/** A source that was fetched. Its objects stay readable until it is closed. */
export interface OpenSource {
  readonly source: Source;
  /** Where the objects are, and the tree of the folder, for DeploymentsPort.write. */
  readonly objects: { readonly store: string; readonly tree: string };
  /** Removes everything that was fetched. */
  close(): Promise<void>;
}

/** Repositories with the source of services. Nothing of them is checked out, and no program of them runs. */
export interface SourceRepositoriesPort {
  /**
   * Fetches one commit without its history. Errors: GIT_URL_REFUSED, GIT_NOT_FOUND, GIT_ACCESS_DENIED,
   * GIT_REF_NOT_FOUND, GIT_UNAVAILABLE, GIT_MISSING, SOURCE_EMPTY, SOURCE_TOO_LARGE, SOURCE_REFUSED, SOURCE_AMBIGUOUS.
   */
  open(asked: SourceAsked, signal: AbortSignal): Promise<OpenSource>;
}
