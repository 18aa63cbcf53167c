/** An entry of a tar archive. Other types than file and folder have a letter of the format. */
export interface TarEntry {
  readonly path: string;
  readonly type: 'file' | 'folder' | (string & {});
  readonly mode: number;
  readonly content: Uint8Array;
}

const BLOCK = 512;
const MAX_NAME = 100;

/** The archive of entries in the form that GNU, BSD and BusyBox tar read. */
export function tarOf(entries: readonly TarEntry[]): Uint8Array {
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

/** Throws for something that is no whole archive. */
export function* entriesOf(tar: Uint8Array): Generator<TarEntry> {
  const bytes = Buffer.from(tar.buffer, tar.byteOffset, tar.length);
  let longName: string | undefined;
  for (let at = 0; at + BLOCK <= bytes.length; ) {
    const head = bytes.subarray(at, at + BLOCK);
    if (head.every((byte) => byte === 0)) return;
    requireSum(head);
    const size = sizeOf(head);
    if (at + BLOCK + size > bytes.length) break;
    const content = bytes.subarray(at + BLOCK, at + BLOCK + size);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    const flag = String.fromCharCode(head[156] ?? 0);
    if (flag === 'L') longName = text(content);
    else if (flag === 'x') longName = paxPath(content.toString()) ?? longName;
    else if (flag !== 'g') {
      yield { path: longName ?? nameOf(head), type: typeOf(flag), mode: numberAt(head, 100, 8), content };
      longName = undefined;
    }
  }
  throw new Error('the archive is not complete');
}

function requireSum(head: Buffer): void {
  const sum = head.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0);
  if (numberAt(head, 148, 8) !== sum) throw new Error('it is no tar archive');
}

const text = (bytes: Buffer): string => bytes.toString().replace(/\0[\s\S]*$/, '');
const numberAt = (head: Buffer, at: number, length: number): number =>
  Number.parseInt(text(head.subarray(at, at + length)).trim() || '0', 8);

function sizeOf(head: Buffer): number {
  const size = numberAt(head, 124, 12);
  if (!Number.isSafeInteger(size) || size < 0) throw new Error('the size of an entry cannot be read');
  return size;
}

function nameOf(head: Buffer): string {
  const [name, prefix] = [text(head.subarray(0, 100)), text(head.subarray(345, 500))];
  const isUstar = head.subarray(257, 263).toString() === 'ustar\u0000';
  return isUstar && prefix !== '' ? `${prefix}/${name}` : name;
}

function typeOf(flag: string): TarEntry['type'] {
  if (flag === '0' || flag === '\u0000') return 'file';
  return flag === '5' ? 'folder' : flag;
}

/** Records of "length key=value". */
function paxPath(records: string): string | undefined {
  return /(?:^|\n)\d+ path=([^\n]*)\n/.exec(records)?.[1];
}
