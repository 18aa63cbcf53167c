import type { OpenSource } from './source-repositories.ts';

/** A deployment as a branch of the user's repository has it. */
export interface DeploymentState {
  /** The commit that the next one follows: the end of the branch, or HEAD if there is no such branch. */
  readonly base: string;
  /** Whether the branch exists. */
  readonly branched: boolean;
  /** The text of the files of the folder, by path. Without `source/`. */
  readonly files: Readonly<Record<string, string>>;
  /** The tree in `source/`. Absent if there is none. */
  readonly sourceTree?: string;
}

/** A file to write. Without a text it is removed. */
export interface FileWrite {
  readonly path: string;
  readonly text?: string;
  readonly executable: boolean;
}

export interface DeploymentWrite {
  readonly name: string;
  readonly branch: string;
  /** As `read` returned it. */
  readonly state: DeploymentState;
  /** Absent: `source/` stays as it is. */
  readonly source?: OpenSource['objects'];
  readonly files: readonly FileWrite[];
  readonly message: string;
}

/** A folder of this machine with the files of a deployment. */
export interface DeploymentPlace {
  readonly folder: string;
  /** When the source or the Dockerfile was committed, in seconds since the epoch. 0: they were not. */
  readonly sourceDate: number;
}

/** The folder `deployments/` of the user's repository. */
export interface DeploymentsPort {
  /**
   * Errors: REPOSITORY_NOT_FOUND, REPOSITORY_NOT_CLEAN (the working tree has changes in the folder of the deployment),
   * GIT_MISSING.
   */
  read(name: string, branch: string): Promise<DeploymentState>;
  /**
   * Adds one commit to the branch, in one step: before it the branch is as it was. The working tree stays as it is.
   * Returns the commit, as it was read back. Errors: as `read`; REPOSITORY_CHANGED, REPOSITORY_BRANCH_IN_USE.
   */
  write(write: DeploymentWrite): Promise<string>;
  /** The files of a deployment in the working tree, by path. Without `source/`. Errors: DEPLOYMENT_NOT_FOUND. */
  readFolder(name: string): Promise<Readonly<Record<string, string>>>;
  /** The files of a deployment as a commit has them, by path. Without `source/`. Errors: DEPLOYMENT_NOT_FOUND. */
  readCommit(name: string, commit: string): Promise<Readonly<Record<string, string>>>;
  /** Writes files of the working tree, each in one step. */
  writeFolder(name: string, files: readonly FileWrite[]): Promise<void>;
  /**
   * The folder of a deployment in the working tree. Errors: DEPLOYMENT_NOT_FOUND.
   */
  place(name: string): Promise<DeploymentPlace>;
  /**
   * Calls `use` with a temporary folder that has the files of a deployment as a commit has them. The working tree is
   * not read. Errors: DEPLOYMENT_NOT_FOUND if the commit or its folder does not exist, and those of `use`.
   */
  withCommit<T>(name: string, commit: string, use: (place: DeploymentPlace) => Promise<T>): Promise<T>;
  /** The names of the deployments in the working tree. */
  names(): Promise<readonly string[]>;
}
