export interface PackedFiles {
  readonly tar: Uint8Array;
  readonly files: number;
  readonly bytes: number;
  /** What was not packed, and why: "a/link: it is a symbolic link". */
  readonly leftOut: readonly string[];
}

export interface PackLimits {
  /** Of the contents of all files. */
  readonly bytes: number;
}

/**
 * Files in one folder of this machine. Paths are relative to it, and none leads out of it, also not over a symbolic
 * link. Errors of all: INVALID_INPUT (the path), NOT_APPLICABLE (it is too large, is not there, or exists already).
 */
export interface LocalFilesPort {
  /** A file, or a folder with everything in it, as a tar archive whose entries begin with `name`. */
  pack(path: string, name: string, limits: PackLimits): Promise<PackedFiles>;
  /**
   * Stores the entry `name` of a tar archive, and what is below it, at `path`. It appears there as a whole or not at
   * all. `replace`: a file that exists is replaced; a folder never is.
   */
  unpack(
    tar: Uint8Array,
    name: string,
    path: string,
    options: PackLimits & { readonly replace: boolean },
  ): Promise<Omit<PackedFiles, 'tar'>>;
  /** Whether every file of the archive `of` is in `tar`, with the same content. Throws for what is no archive. */
  isCopy(of: Uint8Array, tar: Uint8Array): Promise<boolean>;
  /** Errors as `unpack`, before anything was read from the pod. */
  requireFree(path: string, replace: boolean): Promise<void>;
}
