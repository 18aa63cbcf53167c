import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** The part of Sluice whose figures these are. */
export type Role = 'server' | 'worker';

/** Upper limits of the classes of durations, in seconds. Activities wait for minutes, calls of tools for less. */
const CALL_SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const ACTIVITY_SECONDS = [0.05, 0.25, 1, 5, 15, 60, 300, 1_800];

/** Gauges of prom-client that have the names of counters. promtool refuses them, and others have the same figures. */
const MISNAMED = ['handles', 'requests', 'resources'].map((what) => `nodejs_active_${what}_total`);

/** The figures of one process for Prometheus, since its start. No label has a name that a caller has chosen. */
export function createMetrics(role: Role, version: string) {
  const registers = [new Registry()];
  const [registry] = registers as [Registry];
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  new Gauge({ name: 'sluice_build_info', help: 'Always 1.', labelNames: ['role', 'version'], registers }).set(
    { role, version },
    1,
  );
  const dependency = new Gauge({
    name: 'sluice_dependency_up',
    help: 'Whether what this process needs answers: 1, or 0.',
    labelNames: ['dependency'],
    registers,
  });
  return {
    registry,
    up: (name: string, answers: boolean) => dependency.set({ dependency: name }, answers ? 1 : 0),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;

/** The calls of tools that a server answers. */
export function toolMetrics({ registry }: Metrics) {
  const registers = [registry];
  const calls = new Counter({
    name: 'sluice_tool_calls_total',
    help: 'Calls of tools that have ended, by result: ok, asked, or the code of the error.',
    labelNames: ['tool', 'result'],
    registers,
  });
  const seconds = new Histogram({
    name: 'sluice_tool_call_seconds',
    help: 'Time from the start of a call of a tool to its end.',
    labelNames: ['tool'],
    buckets: CALL_SECONDS,
    registers,
  });
  return {
    /** `ms`: how long the call took. */
    called: (tool: string, result: string, ms: number): void => {
      calls.inc({ tool, result });
      seconds.observe({ tool }, ms / 1000);
    },
  };
}

/** How an activity has ended. A failed one is attempted again, as its workflow says. */
export type ActivityEnd = 'ok' | 'failed' | 'cancelled';

/** The work of a worker. */
export function workMetrics({ registry }: Metrics) {
  const registers = [registry];
  const running = new Gauge({
    name: 'sluice_activities_running',
    help: 'Attempts of activities that run now.',
    labelNames: ['activity'],
    registers,
  });
  const ended = new Counter({
    name: 'sluice_activities_total',
    help: 'Attempts of activities that have ended: ok, failed or cancelled.',
    labelNames: ['activity', 'result'],
    registers,
  });
  const seconds = new Histogram({
    name: 'sluice_activity_seconds',
    help: 'Time from the start of an attempt of an activity to its end.',
    labelNames: ['activity'],
    buckets: ACTIVITY_SECONDS,
    registers,
  });
  return {
    /** Returns the function that is called at the end of the attempt. */
    begin: (activity: string): ((result: ActivityEnd) => void) => {
      const began = performance.now();
      running.inc({ activity });
      return (result) => {
        running.dec({ activity });
        ended.inc({ activity, result });
        seconds.observe({ activity }, (performance.now() - began) / 1000);
      };
    },
  };
}
