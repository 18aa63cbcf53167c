import type { SuspectFile } from '../domain/delivery/secret-rules.ts';

/** What an image consists of. */
export interface ImageContent {
  /** Of all layers, not compressed. */
  readonly bytes: number;
  readonly layers: number;
  readonly files: number;
  /** Files that look like credentials, also if a later layer removes them. */
  readonly suspects: readonly SuspectFile[];
  /** Files that were too large to be searched. */
  readonly notSearched: number;
}

/** Reads images from files, as `docker save` writes them. */
export interface ImageContentPort {
  /** `file`: a tar file. Errors: BUILD_FAILED if it is not an image. */
  examine(file: string): Promise<ImageContent>;
}
