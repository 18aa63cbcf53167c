/** Items that a test pushes one by one. */
export interface Pushed<T> extends AsyncIterable<T> {
  push(item: T): void;
  end(): void;
}

export function pushed<T>(): Pushed<T> {
  const items: T[] = [];
  let ended = false;
  let wake = (): void => undefined;
  return {
    push: (item) => (items.push(item), wake()),
    end: () => ((ended = true), wake()),
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const item = items.shift();
        if (item !== undefined) yield item;
        else if (ended) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}
