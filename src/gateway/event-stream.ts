/** The headers of an answer that is an event stream. */
export const EVENT_STREAM = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
};

/** One server-sent event: its text as received, with the empty line that ends it, and its parts. */
export interface StreamEvent {
  readonly frame: string;
  readonly name: string;
  readonly data: string;
}

const END = /\r\n\r\n|\n\n|\r\r/;

/** Splits a stream into its events. `take` throws RangeError for an event of more than `most` characters. */
export class EventReader {
  #rest = '';
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  take(chunk: string): StreamEvent[] {
    const events: StreamEvent[] = [];
    // The end of an event may be divided between two chunks, so the search begins shortly before this one.
    let from = Math.max(0, this.#rest.length - 3);
    this.#rest += chunk;
    for (;;) {
      const found = END.exec(from === 0 ? this.#rest : this.#rest.slice(from));
      if (!found) break;
      const end = from + found.index + found[0].length;
      events.push(eventOf(this.#rest.slice(0, end)));
      this.#rest = this.#rest.slice(end);
      from = 0;
    }
    if (this.#rest.length > this.#most) throw new RangeError('event too large');
    return events;
  }
}

function eventOf(frame: string): StreamEvent {
  let name = 'message';
  const data: string[] = [];
  for (const line of frame.split(/\r\n|\n|\r/)) {
    if (line.startsWith('data:')) data.push(line.slice(line[5] === ' ' ? 6 : 5));
    else if (line.startsWith('event:')) name = line.slice(6).trim();
  }
  return { frame, name, data: data.join('\n') };
}

/** The event of one message. */
export function frameOf(text: string): string {
  // A JSON text has line breaks only between its tokens, so each line is a line of data.
  const data = text.includes('\n') || text.includes('\r') ? text.split(/\r\n|\n|\r/).join('\ndata: ') : text;
  return `event: message\ndata: ${data}\n\n`;
}

/** The same event with other data. Its id and its other fields stay. */
export function withData(frame: string, text: string): string {
  const kept = frame.split(/\r\n|\n|\r/).filter((line) => line !== '' && !line.startsWith('data:'));
  return `${[...kept, ...text.split('\n').map((line) => `data: ${line}`)].join('\n')}\n\n`;
}
