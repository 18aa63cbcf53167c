/** A file or a folder that is packed. */
export interface PackedEntry {
  readonly path: string;
  readonly type: 'file' | 'folder';
  readonly mode: number;
  readonly content: Uint8Array;
}

const BLOCK = 512;
const MAX_NAME = 100;

/**
 * The archive of entries in the form that GNU, BSD and BusyBox tar read. The package tar-stream writes long names in
 * the form of PAX, which the tar of BusyBox does not read.
 */
export function tarOf(entries: readonly PackedEntry[]): Uint8Array {
  const parts = entries.flatMap((entry) => {
    const path = Buffer.from(entry.type === 'folder' ? `${entry.path}/` : entry.path);
    const long = path.length > MAX_NAME ? [header('././@LongLink', 'L', 0o644, path.length + 1), padded(path, 1)] : [];
    const flag = entry.type === 'folder' ? '5' : '0';
    return [...long, header(path.subarray(0, MAX_NAME), flag, entry.mode, entry.content.length), padded(entry.content)];
  });
  return Buffer.concat([...parts, Buffer.alloc(BLOCK * 2)]);
}

function padded(bytes: Uint8Array, zeros = 0): Buffer {
  const length = Math.ceil((bytes.length + zeros) / BLOCK) * BLOCK;
  return Buffer.concat([bytes], length);
}

function header(name: string | Buffer, flag: string, mode: number, size: number): Buffer {
  const head = Buffer.alloc(BLOCK);
  Buffer.from(name).copy(head, 0);
  octal(head, 100, 8, mode & 0o777);
  octal(head, 108, 8, 0);
  octal(head, 116, 8, 0);
  octal(head, 124, 12, size);
  octal(head, 136, 12, Math.floor(Date.now() / 1000));
  head.write('        ', 148);
  head.write(flag, 156);
  head.write('ustar\u000000', 257);
  const sum = head.reduce((total, byte) => total + byte, 0);
  head.write(`${sum.toString(8).padStart(6, '0')}\u0000 `, 148);
  return head;
}

function octal(head: Buffer, at: number, length: number, value: number): void {
  head.write(`${value.toString(8).padStart(length - 1, '0')}\u0000`, at);
}
