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

  interface Pack extends AsyncIterable<Buffer> {
    entry(header: { readonly name: string; readonly mode: number; readonly mtime: Date }, content: Buffer): void;
    finalize(): void;
  }

  export function pack(): Pack;
  export function extract(options: { readonly allowUnknownFormat: boolean }): Writable & AsyncIterable<Entry>;
}
