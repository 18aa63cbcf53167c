/** One line of a watch. Source: k8s.io/apimachinery, pkg/watch/watch.go. */
export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: unknown;
}

/** The server no longer has the version to continue from (410), or ended the watch with another error. */
export class WatchEnded extends Error {
  override readonly name = 'WatchEnded';
}

const CHANGES: readonly string[] = ['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK'];

/**
 * The events in the body of a watch, in order of arrival. Throws WatchEnded for an ERROR event and for an invalid
 * event.
 */
export async function* watchEvents(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<WatchEvent> {
  for await (const line of linesOf(chunks)) {
    const event = parse(line);
    if (!CHANGES.includes(event.type))
      throw new WatchEnded(`the watch ended: ${JSON.stringify(event.object).slice(0, 300)}`);
    yield event;
  }
}

async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let pieces: string[] = [];
  for await (const chunk of chunks) {
    const [first = '', ...rest] = decoder.decode(chunk, { stream: true }).split('\n');
    pieces.push(first);
    for (const next of rest) {
      if (pieces.some((piece) => piece !== '')) yield pieces.join('');
      pieces = [next];
    }
  }
  // A stream that ends within a line was interrupted.
  if (pieces.join('').trim() !== '') throw new WatchEnded('the watch was cut off');
}

function parse(line: string): WatchEvent {
  try {
    const event = JSON.parse(line) as Partial<WatchEvent> | null;
    if (typeof event?.type === 'string' && typeof event.object === 'object') return event as WatchEvent;
  } catch {
    // The error is thrown below.
  }
  throw new WatchEnded('the watch sent something that is no event');
}
