type Environment = Readonly<Record<string, string | undefined>>;

/** Whether this process traces. `why`: a clause for a sentence. `problem`: it was meant to trace. */
export type TracingSettings =
  | { readonly on: true; readonly endpoint: string; readonly sampler: Sampling; readonly batch: Batch }
  | { readonly on: false; readonly why: string; readonly problem: boolean };

/** Which traces that begin here are kept. `followed`: a trace that a caller began is kept if the caller keeps it. */
export interface Sampling {
  readonly ratio: number;
  readonly followed: boolean;
}

/** How spans are collected before they are sent. Absent: as the SDK does it. */
export type Batch = Readonly<Partial<Record<(typeof BATCH)[number][1], number>>>;

const BATCH = [
  ['OTEL_BSP_SCHEDULE_DELAY', 'scheduledDelayMillis'],
  ['OTEL_BSP_EXPORT_TIMEOUT', 'exportTimeoutMillis'],
  ['OTEL_BSP_MAX_QUEUE_SIZE', 'maxQueueSize'],
  ['OTEL_BSP_MAX_EXPORT_BATCH_SIZE', 'maxExportBatchSize'],
] as const;

const PROTOCOL = 'http/protobuf';

/**
 * The samplers of the specification of the SDKs, with the share of traces that they keep. `undefined`: the share is
 * OTEL_TRACES_SAMPLER_ARG. Source: opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables.
 */
const SAMPLERS: Readonly<Record<string, { readonly ratio: number | undefined; readonly followed: boolean }>> = {
  always_on: { ratio: 1, followed: false },
  always_off: { ratio: 0, followed: false },
  traceidratio: { ratio: undefined, followed: false },
  parentbased_always_on: { ratio: 1, followed: true },
  parentbased_always_off: { ratio: 0, followed: true },
  parentbased_traceidratio: { ratio: undefined, followed: true },
};

/**
 * Reads the standard variables of OpenTelemetry. They belong to every program of the environment, so a value that
 * Sluice cannot follow turns its traces off, and refuses no call.
 */
export function tracingSettings(env: Environment): TracingSettings {
  const of = (name: string): string | undefined => env[name]?.trim() || undefined;
  const own = of('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT');
  const shared = of('OTEL_EXPORTER_OTLP_ENDPOINT');
  if (of('OTEL_SDK_DISABLED')?.toLowerCase() === 'true') return off('OTEL_SDK_DISABLED is true');
  const exporter = of('OTEL_TRACES_EXPORTER') ?? 'otlp';
  if (exporter === 'none') return off('OTEL_TRACES_EXPORTER is none');
  if (!own && !shared) return off('OTEL_EXPORTER_OTLP_ENDPOINT is not set');
  if (exporter !== 'otlp') return problem(`OTEL_TRACES_EXPORTER is ${exporter}, and Sluice has only otlp`);
  const protocol = of('OTEL_EXPORTER_OTLP_TRACES_PROTOCOL') ?? of('OTEL_EXPORTER_OTLP_PROTOCOL') ?? PROTOCOL;
  if (protocol !== PROTOCOL) return problem(`the OTLP protocol is ${protocol}, and Sluice has only ${PROTOCOL}`);
  const endpoint = shownUrl(own ?? `${shared?.replace(/\/$/, '')}/v1/traces`);
  if (endpoint === undefined) return problem('the OTLP endpoint is no http or https URL');
  const sampler = samplingOf(of('OTEL_TRACES_SAMPLER') ?? 'parentbased_always_on', of('OTEL_TRACES_SAMPLER_ARG'));
  if (typeof sampler === 'string') return problem(sampler);
  const batch = batchOf(of);
  return typeof batch === 'string' ? problem(batch) : { on: true, endpoint, sampler, batch };
}

const off = (why: string): TracingSettings => ({ on: false, why, problem: false });
const problem = (why: string): TracingSettings => ({ on: false, why, problem: true });

/** Without credentials and query. Undefined: it is no URL that the exporter takes. */
function shownUrl(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url && /^https?:$/.test(url.protocol) ? `${url.origin}${url.pathname}` : undefined;
}

/** A text says why there is none. */
function samplingOf(name: string, argument: string | undefined): Sampling | string {
  const known = Object.hasOwn(SAMPLERS, name) ? SAMPLERS[name] : undefined;
  if (!known) return `OTEL_TRACES_SAMPLER is ${name}, and Sluice has only ${Object.keys(SAMPLERS).join(', ')}`;
  const ratio = known.ratio ?? Number(argument ?? 1);
  if (ratio >= 0 && ratio <= 1) return { ratio, followed: known.followed };
  return `OTEL_TRACES_SAMPLER_ARG is ${argument}, and has to be a number from 0 to 1`;
}

/** The SDK of version 3 does not read these variables itself (findings/opentelemetry-sdk-variables.sh). */
function batchOf(of: (name: string) => string | undefined): Batch | string {
  const batch: Record<string, number> = {};
  for (const [name, key] of BATCH) {
    const given = of(name);
    if (given === undefined) continue;
    if (!/^[1-9]\d{0,8}$/.test(given)) return `${name} is ${given}, and has to be a whole number from 1`;
    batch[key] = Number(given);
  }
  return batch;
}
