export interface BranchAt {
  readonly url: string;
  readonly branch: string;
}

/** The end of a branch, with the text of one file. */
export interface BranchFile {
  readonly head: string;
  /** Absent if there is no such file. */
  readonly text?: string;
}

export interface BranchCommit {
  readonly url: string;
  /** The branch whose end is the parent of the commit. */
  readonly base: string;
  /** The branch that gets the commit: `base` itself, or another one. */
  readonly branch: string;
  readonly file: string;
  /** The text that the file must have at the end of `base`. */
  readonly from: string;
  readonly to: string;
  readonly message: string;
  /** Written as a trailer of the message. `marked` finds it. */
  readonly mark: string;
}

/**
 * Branches of a Git repository that others share. Errors of all: GIT_URL_REFUSED, GIT_NOT_FOUND, GIT_ACCESS_DENIED,
 * GIT_UNAVAILABLE, GIT_MISSING.
 */
export interface BranchesPort {
  /** Undefined if there is no such branch. */
  read(at: BranchAt, file: string): Promise<BranchFile | undefined>;
  /** The newest commit with this mark, among the last 500 of the branch. */
  marked(at: BranchAt, mark: string): Promise<string | undefined>;
  /**
   * Adds one commit that changes one file, without force. Errors: REPOSITORY_CHANGED if the file is another one, or if
   * the branch has moved.
   */
  commit(change: BranchCommit): Promise<string>;
  /** Removes a branch if its end is `commit`. Errors: REPOSITORY_CHANGED. */
  remove(at: BranchAt, commit: string): Promise<void>;
}
