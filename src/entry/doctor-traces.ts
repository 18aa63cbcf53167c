import { finding, type Finding } from '../commands/doctor-check.ts';
import { tracingSettings } from '../observability/tracing/settings.ts';

/** A collector answers at once. */
const SEND_MS = 2_000;

/** Whether traces are on, and whether the collector takes them: it is sent an empty request. */
export function tracesCheck(): Promise<Finding> {
  const name = 'traces';
  return finding(name, async () => {
    const settings = tracingSettings(process.env);
    if (!settings.on) {
      if (!settings.problem) return { name, state: 'skipped', detail: `off: ${settings.why}` };
      const next = 'Correct the variable, or set OTEL_SDK_DISABLED to true.';
      return { name, state: 'missing', detail: `off: ${settings.why}`, next };
    }
    const { endpoint } = settings;
    const { sendNothing } = await import('../observability/tracing/sdk.ts');
    const failure = await sendNothing(SEND_MS);
    if (failure === undefined) return `sent to ${endpoint}, which takes them`;
    const next = `Start the collector, or correct OTEL_EXPORTER_OTLP_ENDPOINT. Calls and releases go on without it.`;
    return { name, state: 'missing', detail: `${endpoint} does not take them: ${failure}`, next };
  });
}
