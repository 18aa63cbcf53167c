/**
 * A count with its word: "1 minute", "2 minutes", "1,200 requests". `many`: the plural where it is not the word with an
 * s.
 */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}
