/** The values of the keys that were added last, at most `most` of them. */
export class Recent<V> {
  readonly #most: number;
  readonly #values = new Map<string, V>();

  constructor(most: number) {
    this.#most = most;
  }

  /** The value of a key. If it is not kept, it is made, and kept from now on. */
  of(key: string, make: () => V): V {
    const kept = this.#values.get(key);
    if (kept !== undefined) return kept;
    const made = make();
    const [oldest] = this.#values.keys();
    if (this.#values.size >= this.#most && oldest !== undefined) this.#values.delete(oldest);
    this.#values.set(key, made);
    return made;
  }
}
