/** A call that reads only, as a user made it. */
export interface RecordedCall {
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
}

const MOST_TOOLS = 50;
/** Larger arguments are not kept. Characters of JSON. */
const MOST_SIZE = 16_384;

/** The last different calls of each tool of blue, in the memory of this process alone. */
export class RecordedCalls {
  readonly #most: number;
  /** By server, then tool, then arguments as JSON. */
  readonly #calls = new Map<string, Map<string, Map<string, RecordedCall['args']>>>();

  /** `most`: calls of each tool. 0: none is kept. */
  constructor(most: number) {
    this.#most = most;
  }

  get on(): boolean {
    return this.#most > 0;
  }

  add(server: string, { tool, args }: RecordedCall): void {
    const text = JSON.stringify(args);
    const tools = this.#calls.get(server) ?? new Map<string, Map<string, RecordedCall['args']>>();
    const kept = tools.get(tool) ?? new Map<string, RecordedCall['args']>();
    if (text.length > MOST_SIZE || (!tools.has(tool) && tools.size >= MOST_TOOLS)) return;
    kept.delete(text);
    kept.set(text, args);
    const [oldest] = kept.keys();
    if (kept.size > this.#most && oldest !== undefined) kept.delete(oldest);
    tools.set(tool, kept);
    this.#calls.set(server, tools);
  }

  of(server: string): readonly RecordedCall[] {
    const tools = [...(this.#calls.get(server) ?? [])];
    return tools.flatMap(([tool, kept]) => [...kept.values()].map((args) => ({ tool, args })));
  }
}
