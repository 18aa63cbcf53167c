import type { Readable } from 'node:stream';

/** A file of a tar file. Other entries, such as folders and links, have the size 0. */
export interface TarEntry {
  readonly path: string;
  readonly isFile: boolean;
  readonly size: number;
  /** Where its content begins in the stream. */
  readonly offset: number;
  /** Its content. Call it at most once, before the next entry is asked for. */
  content(): Promise<Buffer>;
}

const BLOCK = 512;
/** Types of tar: a file has one of these. */
const FILES = ['0', '\0', '7'];

/** Reads a stream piece by piece. */
class Pieces {
  offset = 0;
  private left: Buffer = Buffer.alloc(0);
  private readonly chunks: AsyncIterator<Buffer>;

  constructor(stream: Readable) {
    this.chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  /** Fewer bytes are returned only at the end of the stream. */
  async take(size: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    let missing = size;
    while (missing > 0 && (this.left.length > 0 || (await this.more()))) {
      const part = this.left.subarray(0, missing);
      this.left = this.left.subarray(part.length);
      missing -= part.length;
      parts.push(part);
    }
    this.offset += size - missing;
    return Buffer.concat(parts);
  }

  async skip(size: number): Promise<void> {
    let missing = size;
    while (missing > 0 && (this.left.length > 0 || (await this.more()))) {
      const gone = Math.min(missing, this.left.length);
      this.left = this.left.subarray(gone);
      missing -= gone;
    }
    this.offset += size - missing;
  }

  private async more(): Promise<boolean> {
    const next = await this.chunks.next();
    if (next.done === true) return false;
    this.left = next.value;
    return true;
  }
}

const textOf = (block: Buffer, from: number, length: number): string =>
  block
    .subarray(from, from + length)
    .toString('utf8')
    .replace(/\0.*$/s, '');

/** A size in octal digits, or in base 256 for more than 8 GB. */
function sizeOf(block: Buffer): number {
  if ((block[124] ?? 0) & 0x80) return Number(block.readBigUInt64BE(128));
  return Number.parseInt(textOf(block, 124, 12).trim() || '0', 8);
}

function pathOf(block: Buffer): string {
  const prefix = textOf(block, 257, 5) === 'ustar' ? textOf(block, 345, 155) : '';
  const name = textOf(block, 0, 100);
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** The path of a PAX header: lines of `<length> path=<value>`. */
const paxPath = (text: string): string | undefined => /(?:^|\n)\d+ path=([^\n]*)\n/.exec(text)?.[1];

/** Every entry of a tar file, in its order. Long names of PAX and of GNU are read. */
export async function* tarEntries(stream: Readable): AsyncGenerator<TarEntry> {
  const pieces = new Pieces(stream);
  let longPath: string | undefined;
  for (;;) {
    const block = await pieces.take(BLOCK);
    if (block.length < BLOCK || block[0] === 0) return;
    const [type, size, offset] = [textOf(block, 156, 1) || '\0', sizeOf(block), pieces.offset];
    const end = Math.ceil(size / BLOCK) * BLOCK;
    if (type === 'x' || type === 'L') {
      const text = (await pieces.take(end)).subarray(0, size).toString('utf8');
      longPath = type === 'x' ? (paxPath(text) ?? longPath) : text.replace(/\0.*$/s, '');
      continue;
    }
    const path = (longPath ?? pathOf(block)).replace(/^\.?\//, '');
    longPath = undefined;
    yield { path, isFile: FILES.includes(type), size, offset, content: () => pieces.take(size) };
    await pieces.skip(offset + end - pieces.offset);
  }
}
