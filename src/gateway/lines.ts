const NEWLINE = 10;
const EDGE = 256;

/** Splits a byte stream into lines. A line of more than `most` bytes is dropped while it arrives. */
export class LineReader {
  #chunks: Buffer[] = [];
  #size = 0;
  #head: string | undefined;
  #tail = '';
  readonly #most: number;
  readonly #line: (text: string) => void;
  readonly #oversized: (edges: string) => void;

  /** `oversized` gets the first and the last characters of the dropped line, which may contain its id. */
  constructor(most: number, line: (text: string) => void, oversized: (edges: string) => void) {
    this.#most = most;
    this.#line = line;
    this.#oversized = oversized;
  }

  take(chunk: Buffer): void {
    for (let rest = chunk; ; ) {
      const end = rest.indexOf(NEWLINE);
      this.#add(end < 0 ? rest : rest.subarray(0, end));
      if (end < 0) return;
      this.#finish();
      rest = rest.subarray(end + 1);
    }
  }

  #add(part: Buffer): void {
    if (part.length === 0) return;
    this.#size += part.length;
    if (this.#head === undefined) {
      this.#chunks.push(part);
      if (this.#size <= this.#most) return;
      const all = Buffer.concat(this.#chunks);
      this.#head = all.subarray(0, EDGE).toString();
      this.#chunks = [];
      this.#tail = all.subarray(-EDGE).toString();
    } else this.#tail = (this.#tail + part.subarray(-EDGE).toString()).slice(-EDGE);
  }

  #finish(): void {
    const { head, text } = { head: this.#head, text: Buffer.concat(this.#chunks).toString('utf8') };
    const tail = this.#tail;
    this.#chunks = [];
    this.#size = 0;
    this.#head = undefined;
    this.#tail = '';
    if (head !== undefined) this.#oversized(`${head} … ${tail}`);
    else if (text.trim() !== '') this.#line(text.endsWith('\r') ? text.slice(0, -1) : text);
  }
}
