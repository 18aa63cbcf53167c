import { OUTCOMES, type Outcome } from '../domain/gateway/outcome.ts';

/** Upper limits of the classes of durations, in seconds. */
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
/** Names come from callers. Further names of one version are counted together. */
const MOST_NAMES = 500;
const OTHERS = '(other)';

/** What is counted together. `tool` is empty for requests other than tools/call. */
interface Kind {
  readonly server: string;
  readonly version: string;
  readonly method: string;
  readonly tool: string;
}

export interface Count extends Kind {
  readonly outcomes: Record<Outcome, number>;
  readonly classes: number[];
  seconds: number;
}

/** The counters of one version, as its status shows them. */
export interface VersionCounts {
  readonly open_requests: number;
  readonly calls: Readonly<Record<Outcome, number>>;
}

const none = (): Record<Outcome, number> =>
  Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Record<Outcome, number>;

/** Counts every request of every version since the start of this process. */
export class Meter {
  readonly #counts = new Map<string, Count>();
  readonly #names = new Map<string, Set<string>>();
  readonly #open = new Map<string, number>();

  /**
   * Counts a request from now on. The returned function counts its end, once, and returns whether it did. Without an
   * outcome the request is forgotten.
   */
  begin(kind: Kind): (outcome: Outcome | undefined) => boolean {
    const began = performance.now();
    const key = versionKey(kind.server, kind.version);
    this.#open.set(key, (this.#open.get(key) ?? 0) + 1);
    let over = false;
    return (outcome) => {
      if (over) return false;
      over = true;
      this.#open.set(key, (this.#open.get(key) ?? 1) - 1);
      if (outcome === undefined) return false;
      this.#add(this.#count(kind), outcome, (performance.now() - began) / 1000);
      return true;
    };
  }

  openRequests(server: string, version: string): number {
    return this.#open.get(versionKey(server, version)) ?? 0;
  }

  /** All tool calls of one version. */
  of(server: string, version: string): VersionCounts {
    const calls = none();
    for (const count of this.#counts.values())
      if (count.server === server && count.version === version && count.method === 'tools/call')
        for (const outcome of OUTCOMES) calls[outcome] += count.outcomes[outcome];
    return { open_requests: this.openRequests(server, version), calls };
  }

  /** The counters in the text format of Prometheus. */
  text(): string {
    return textOf([...this.#counts.values()]);
  }

  /** The counters as they are now. Those that have not changed since `before` are shared with it. */
  copy(before?: ReadonlyMap<string, Count>): ReadonlyMap<string, Count> {
    return new Map(
      [...this.#counts].map(([key, count]) => {
        const last = before?.get(key);
        const same = last !== undefined && endedOf(last) === endedOf(count);
        return [key, same ? last : { ...count, outcomes: { ...count.outcomes }, classes: [...count.classes] }];
      }),
    );
  }

  #add(count: Count, outcome: Outcome, seconds: number): void {
    count.outcomes[outcome] += 1;
    count.seconds += seconds;
    const found = BOUNDS.findIndex((bound) => seconds <= bound);
    const index = found < 0 ? BOUNDS.length : found;
    count.classes[index] = (count.classes[index] ?? 0) + 1;
  }

  #count(kind: Kind): Count {
    const known = this.#counts.get(kindKey(kind));
    if (known) return known;
    const { server, version } = kind;
    const method = this.#counted(JSON.stringify([server, version, 'method']), kind.method);
    const tool = this.#counted(JSON.stringify([server, version, 'tool']), kind.tool);
    const key = kindKey({ server, version, method, tool });
    let count = this.#counts.get(key);
    if (count) return count;
    count = { server, version, method, tool, outcomes: none(), classes: [], seconds: 0 };
    this.#counts.set(key, count);
    return count;
  }

  #counted(group: string, name: string): string {
    const known = this.#names.get(group) ?? new Set();
    this.#names.set(group, known);
    if (known.has(name)) return name;
    if (known.size >= MOST_NAMES) return OTHERS;
    known.add(name);
    return name;
  }
}

/** The counters in the text format of Prometheus. */
export function textOf(counts: readonly Count[]): string {
  return [
    '# HELP sluice_mcp_requests_total Requests to a version of an MCP server, by how they ended.',
    '# TYPE sluice_mcp_requests_total counter',
    ...counts.flatMap(requestLines),
    '# HELP sluice_mcp_request_seconds Time until the end of the answer.',
    '# TYPE sluice_mcp_request_seconds histogram',
    ...counts.flatMap(durationLines),
    '',
  ].join('\n');
}

const endedOf = ({ outcomes }: Count): number => Object.values(outcomes).reduce((sum, one) => sum + one, 0);

/** The registry allows no space in either name. */
export function versionKey(server: string, version: string): string {
  return `${server} ${version}`;
}

/** Method and tool come from callers, and may contain anything. */
function kindKey({ server, version, method, tool }: Kind): string {
  return `${versionKey(server, version)} ${method.length} ${method}${tool}`;
}

/** Labels of a series, as the text format writes them. */
export function labels(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',');
}

function labelsOf({ server, version, method, tool }: Kind): Record<string, string> {
  return { server, version, method, tool };
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function requestLines(count: Count): string[] {
  const shared = labels(labelsOf(count));
  return OUTCOMES.filter((outcome) => count.outcomes[outcome] > 0).map(
    (outcome) => `sluice_mcp_requests_total{${shared},outcome="${outcome}"} ${count.outcomes[outcome]}`,
  );
}

function durationLines(count: Count): string[] {
  const shared = labels(labelsOf(count));
  let sum = 0;
  const lines = [...BOUNDS, '+Inf'].map((bound, index) => {
    sum += count.classes[index] ?? 0;
    return `sluice_mcp_request_seconds_bucket{${shared},le="${bound}"} ${sum}`;
  });
  return [
    ...lines,
    `sluice_mcp_request_seconds_sum{${shared}} ${count.seconds}`,
    `sluice_mcp_request_seconds_count{${shared}} ${sum}`,
  ];
}
