import { cleanText, maskSecrets } from '../../domain/safe-text.ts';

/** What a command has written, of which the first `max` bytes are kept. */
export class BoundedOutput {
  readonly #parts: Uint8Array[] = [];
  readonly #max: number;
  #kept = 0;
  #total = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get total(): number {
    return this.#total;
  }

  add(part: Uint8Array): void {
    this.#total += part.length;
    const rest = part.subarray(0, this.#max - this.#kept);
    if (rest.length === 0) return;
    this.#kept += rest.length;
    this.#parts.push(rest);
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }

  /** As text, with credentials masked. */
  text(): string {
    return maskSecrets(cleanText(this.bytes().toString(), this.#max));
  }
}
