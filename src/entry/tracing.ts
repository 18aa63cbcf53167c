import { setTimeout as sleep } from 'node:timers/promises';
import type { Settings } from '../config/schema.ts';
import { version } from '../config/version.ts';
import { createLog } from '../observability/log.ts';
import { tracingSettings } from '../observability/tracing/settings.ts';
import { useTracing } from '../observability/tracing/spans.ts';

/** What a process does. */
type Part = 'cli' | 'server' | 'mcp' | 'worker';

/** A call whose answer was printed ends at most this much later because of its trace. */
const CALL_MS = 1_000;
const SERVING_MS = 3_000;

export interface ProcessTracing {
  /**
   * Traces this process if the variables of OpenTelemetry ask for it; otherwise nothing is loaded. What is wrong with
   * them is said, and fails nothing.
   */
  start(part: Part, settings: Pick<Settings, 'logLevel'>): Promise<void>;
  /** Sends the last spans. It takes CALL_MS at most for a call, and SERVING_MS for other processes. */
  stop(): Promise<void>;
}

export function createProcessTracing(): ProcessTracing {
  let stop = async (): Promise<void> => undefined;
  return {
    async start(part, { logLevel }) {
      const settings = tracingSettings(process.env);
      if (!settings.on && !settings.problem) return;
      const say = sayer(part, logLevel);
      if (!settings.on) return say(`Traces are off: ${settings.why}. Correct it, or set OTEL_SDK_DISABLED to true.`);
      const { endpoint, sampler, batch } = settings;
      const { createTracing } = await import('../observability/tracing/sdk.ts');
      const onSending = (failure: string | undefined): void =>
        say(failure === undefined ? `Traces are sent again to ${endpoint}.` : unsent(endpoint, `: ${failure}`));
      const tracing = createTracing({ service: `sluice-${part}`, version: version(), sampler, batch, onSending });
      useTracing(tracing);
      stop = () => closed(tracing, part === 'cli' ? CALL_MS : SERVING_MS, (how) => say(unsent(endpoint, how)));
    },
    stop: () => stop(),
  };
}

async function closed(tracing: { close(): Promise<void> }, ms: number, late: (how: string) => void): Promise<void> {
  useTracing(undefined);
  const sent = tracing.close().then(
    () => true,
    () => true,
  );
  if (!(await Promise.race([sent, sleep(ms, false)]))) late(` within ${ms / 1000} s`);
}

const unsent = (endpoint: string, how: string): string =>
  `Traces could not be sent to ${endpoint}${how}. Nothing else is affected.`;

/** A call says it on stderr, other processes write it to their log. */
function sayer(part: Part, logLevel: string): (text: string) => void {
  if (part === 'cli') return (text) => void process.stderr.write(`${text}\n`);
  const log = createLog(logLevel);
  return (text) => log.warn(text);
}
