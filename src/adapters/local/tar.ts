import { pipeline, Readable } from 'node:stream';
import { extract } from 'tar-stream';

/** An entry of a tar archive. `type`: `file`, `folder`, or the word that the reader has for something else. */
export interface TarEntry {
  readonly path: string;
  readonly type: 'file' | 'folder' | (string & {});
  readonly mode: number;
  /** Of its content, in bytes. */
  readonly size: number;
  /** Where its content begins in the archive. */
  readonly offset: number;
  /** Its content. Call it at most once, before the next entry is asked for. */
  readonly content: () => Promise<Buffer>;
}

const BLOCK = 512;
const TYPES: Readonly<Record<string, TarEntry['type']>> = { directory: 'folder', 'contiguous-file': 'file' };

/**
 * Every entry of a tar archive, in its order, with the long names of GNU and of PAX. Nothing is written, and no link is
 * followed. Throws for something that is no whole archive.
 */
export async function* tarEntries(archive: Readable | Uint8Array): AsyncGenerator<TarEntry> {
  let [read, end] = [0, 0];
  async function* counted(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      read += chunk.length;
      yield chunk;
    }
  }
  const source = archive instanceof Readable ? archive : Readable.from([archive]);
  const reader = extract({ allowUnknownFormat: true });
  // An error of the source ends the reader, which throws it below.
  pipeline(source, counted, reader, () => undefined);
  for await (const entry of reader) {
    const { name, type, mode, size, byteOffset } = entry.header;
    end = byteOffset + Math.ceil(size / BLOCK) * BLOCK;
    const content = async (): Promise<Buffer> => Buffer.concat(await Array.fromAsync(entry));
    yield { path: name, type: TYPES[type ?? ''] ?? type ?? 'unknown', mode, size, offset: byteOffset, content };
    entry.resume();
  }
  // The reader accepts an archive that ends after any of its entries. A whole one ends with an empty block.
  if (read < end + BLOCK) throw new Error('the archive is not complete');
}
