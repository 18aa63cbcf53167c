/** An image that is built from a folder of this machine. */
export interface ImageAsked {
  /** Absolute paths. */
  readonly context: string;
  readonly dockerfile: string;
  /** References with tags. All of them get the same image. */
  readonly tags: readonly string[];
  /** Seconds since the epoch, for every time in the image. So the same commit gives the same image. */
  readonly sourceDate: number;
}

/** An image in the store of the builder. */
export interface BuiltImage {
  /** `sha256:…`, computed from its configuration and its files. */
  readonly id: string;
  /** The program that built it. */
  readonly builder: string;
  /** The file with the lines of the program, without credentials. */
  readonly log: string;
}

/** An image that is pushed. */
export interface PushAsked {
  readonly tags: readonly string[];
  /** The image that the tags have to name. */
  readonly id: string;
  /** The program that built it. */
  readonly builder: string;
}

/** `progress` gets each line of the program, without credentials. */
export type Progress = (line: string) => void;

/** Builds images with a program of this machine, which has a store of its own. Errors of each: BUILDER_MISSING. */
export interface ImageBuilderPort {
  /** Nothing is pushed. Further errors: BUILD_FAILED with the last lines and the log. */
  build(asked: ImageAsked, progress: Progress, signal: AbortSignal): Promise<BuiltImage>;
  /**
   * Returns the digest of the pushed image, `sha256:…`. Further errors: IMAGE_NOT_HERE before anything is pushed, if
   * a tag names no image or another one; PUSH_FAILED.
   */
  push(asked: PushAsked, progress: Progress, signal: AbortSignal): Promise<string>;
  /**
   * Calls `use` with a temporary file that has the image as `docker save` writes it: a tar file with its
   * configuration and its layers. Further errors: IMAGE_NOT_HERE, BUILD_FAILED, and those of `use`.
   */
  withArchive<T>(asked: PushAsked, signal: AbortSignal, use: (file: string) => Promise<T>): Promise<T>;
}
