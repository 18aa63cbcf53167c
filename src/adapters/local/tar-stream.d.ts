/** The part of the package tar-stream that is used here. The package has no types of its own. */
declare module 'tar-stream' {
  import type { Writable } from 'node:stream';

  interface Header {
    readonly name: string;
    /** Null for a letter that the package does not know. */
    readonly type: string | null;
    readonly mode: number;
    readonly size: number;
    /** Where the content begins in the stream. */
    readonly byteOffset: number;
  }

  interface Entry extends AsyncIterable<Buffer> {
    readonly header: Header;
    resume(): void;
  }

  export function extract(options: { readonly allowUnknownFormat: boolean }): Writable & AsyncIterable<Entry>;
}
