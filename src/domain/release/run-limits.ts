/** What one run of a workflow has used of the limits that Temporal sets for a run. */
export interface RunUse {
  /** Events in the history. Temporal's limit: 51,200. */
  readonly events: number;
  /** Size of the history in bytes. Temporal's limit: 50 MB. */
  readonly bytes: number;
  /** Signals and updates that this run has handled. Temporal's limits: 10,000 signals and 2,000 updates. */
  readonly commands: number;
  /** Temporal itself suggests a new run. */
  readonly suggested: boolean;
}

/**
 * Far below Temporal's limits, because a release may have to wait for a state in which it can continue, and a worker
 * that takes a run over replays all of it.
 */
const MAX_EVENTS = 10_000;
const MAX_BYTES = 10_000_000;
const MAX_COMMANDS = 500;
/** Minimum number of events in each run. Without it, a limit that is set too low would start runs without end. */
export const LEAST_EVENTS = 200;

/** The limit that the run nears, as a text. Undefined if it nears none. */
export function nearLimit(
  { events, bytes, commands, suggested }: RunUse,
  maxEvents: number = MAX_EVENTS,
): string | undefined {
  if (events < LEAST_EVENTS) return undefined;
  if (commands >= MAX_COMMANDS) return `${commands} commands`;
  if (events >= maxEvents) return `${events} events`;
  if (bytes >= MAX_BYTES) return `${bytes} bytes`;
  return suggested ? `${events} events, ${bytes} bytes, ${commands} commands` : undefined;
}
