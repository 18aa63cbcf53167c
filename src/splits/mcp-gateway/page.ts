import { OUTCOMES, type Outcome } from '../../domain/gateway/outcome.ts';
import { countedAs } from './counted.ts';
import { parseMetrics, type Sample } from './exposition.ts';

const REQUESTS = 'sluice_mcp_requests_total';
const BUCKETS = 'sluice_mcp_request_seconds_bucket';

/** The counters of one tool at one gateway since its start. `buckets`: by upper limit in seconds, cumulative. */
export interface Counts {
  readonly outcomes: Readonly<Record<Outcome, number>>;
  readonly buckets: Readonly<Record<string, number>>;
}

/** The counters of one version by tool. Under "" are requests that call no tool, and the calls of further tools. */
export type VersionCounts = ReadonlyMap<string, Counts>;

/** Signs of life, and streams that last as long as their caller wants, say nothing about a version. */
const NOT_JUDGED: readonly string[] = ['ping', 'subscriptions/listen'];
/** Requests whose duration is that of the version's work. The first `initialize` also starts a process. */
const TIMED: readonly string[] = ['tools/call', 'prompts/get', 'resources/read', 'completion/complete'];

const NO_OUTCOMES = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Record<Outcome, number>;

/** Names of tools come from callers, so a version may have many. Further tools are counted together. */
const MOST_TOOLS = 50;

type Sums = Map<string, { outcomes: Record<Outcome, number>; buckets: Record<string, number> }>;

/** The counters of every version on a metrics page, by its counted name. */
export function readPage(text: string): ReadonlyMap<string, VersionCounts> {
  const counts = new Map<string, Sums>();
  for (const { name, labels, value } of parseMetrics(text, [REQUESTS, BUCKETS])) {
    const { server = '', version = '', method = '', tool = '' } = labels;
    const key = countedAs(server, version);
    const tools = counts.get(key) ?? (new Map() as Sums);
    counts.set(key, tools);
    const named = tools.size - (tools.has('') ? 1 : 0);
    const part = tools.has(tool) || named < MOST_TOOLS ? tool : '';
    const found = tools.get(part) ?? { outcomes: { ...NO_OUTCOMES }, buckets: {} };
    tools.set(part, found);
    if (name === REQUESTS && !NOT_JUDGED.includes(method)) addOutcome(found.outcomes, labels, value);
    if (name === BUCKETS && TIMED.includes(method)) addBucket(found.buckets, labels, value);
  }
  return counts;
}

function addOutcome(outcomes: Record<Outcome, number>, { outcome }: Sample['labels'], value: number): void {
  const known = OUTCOMES.find((one) => one === outcome);
  if (known) outcomes[known] += value;
}

function addBucket(buckets: Record<string, number>, { le = '' }: Sample['labels'], value: number): void {
  buckets[le] = (buckets[le] ?? 0) + value;
}
