/** When a version counts as unhealthy, and when it counts as healthy again. Numbers of checks in a row, at least 1. */
export interface HealthRules {
  readonly unhealthyAfter: number;
  readonly healthyAfter: number;
}

/** What one gateway knows of a version. `unknown`: it was neither pinged nor called yet. */
export interface VersionHealth {
  readonly state: 'unknown' | 'healthy' | 'unhealthy';
  /** Why it is unhealthy. */
  readonly reason?: string;
  /** Epoch ms at which the state began. */
  readonly since: number;
}

/** The health of a version and the checks that lead to the next state. */
export interface HealthRecord extends VersionHealth {
  /** Failures in a row, and successes in a row. One of them is 0. */
  readonly failures: number;
  readonly successes: number;
  /** Epoch ms of the last failure that was counted. */
  readonly failedAt: number;
}

/** One ping or one call. `failure`: why it had no answer. Absent: the version has answered, with whatever content. */
export interface HealthSign {
  readonly at: number;
  readonly failure?: string;
}

/** One broken process fails all of its open calls at once. Failures within this time count as one. */
const ONE_FAILURE_MS = 1_000;

export function unknownHealth(since: number): HealthRecord {
  return { state: 'unknown', since, failures: 0, successes: 0, failedAt: Number.NEGATIVE_INFINITY };
}

export function afterSign(record: HealthRecord, { at, failure }: HealthSign, rules: HealthRules): HealthRecord {
  return failure === undefined ? answered(record, at, rules) : failed(record, at, failure, rules);
}

/** The first answer of a version is enough, because nothing speaks against the version yet. */
function answered(record: HealthRecord, at: number, { healthyAfter }: HealthRules): HealthRecord {
  const successes = record.successes + 1;
  const counted = { ...record, failures: 0, successes };
  const needed = record.state === 'unhealthy' ? healthyAfter : 1;
  if (record.state === 'healthy' || successes < needed) return counted;
  const { reason: _, ...rest } = counted;
  return { ...rest, state: 'healthy', since: at };
}

function failed(record: HealthRecord, at: number, why: string, { unhealthyAfter }: HealthRules): HealthRecord {
  if (at - record.failedAt < ONE_FAILURE_MS) return { ...record, successes: 0 };
  const failures = record.failures + 1;
  const counted = { ...record, failures, successes: 0, failedAt: at };
  if (record.state === 'unhealthy' || failures < unhealthyAfter) return counted;
  return { ...counted, state: 'unhealthy', since: at, reason: reasonOf(failures, why) };
}

function reasonOf(failures: number, why: string): string {
  return failures === 1
    ? `one ping or call had no answer: ${why}`
    : `${failures} pings or calls in a row had no answer, last: ${why}`;
}
