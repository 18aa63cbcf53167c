/** An image that is built from a folder of this machine and pushed. */
export interface ImageAsked {
  /** Absolute paths. */
  readonly context: string;
  readonly dockerfile: string;
  /** References with tags. All of them get the same image. */
  readonly tags: readonly string[];
  /** Seconds since the epoch, for every time in the image. So the same commit gives the same image. */
  readonly sourceDate: number;
}

export interface BuiltImage {
  /** `sha256:…` of the pushed image. */
  readonly digest: string;
  /** The program that built it. */
  readonly builder: string;
  /** The file with the lines of the program, without credentials. */
  readonly log: string;
}

/** Builds images with a program of this machine. */
export interface ImageBuilderPort {
  /**
   * `progress` gets each line of the program, without credentials. A failed build pushes nothing. Errors:
   * BUILDER_MISSING, BUILD_FAILED and PUSH_FAILED with the last lines and the log.
   */
  build(asked: ImageAsked, progress: (line: string) => void, signal: AbortSignal): Promise<BuiltImage>;
}
