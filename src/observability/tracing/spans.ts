/** The W3C fields of a trace, as they go from process to process: `traceparent` and `tracestate`. */
export type Carrier = Readonly<Record<string, string>>;

/** Values that a trace may show: names and codes, never arguments, messages or credentials. */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

export interface SpanOptions {
  readonly kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  readonly attributes?: Attributes;
  /** What has caused it in another process. Without a valid trace it counts as absent. Default: the present span. */
  readonly from?: Carrier | undefined;
  /** Another cause, in a trace of its own. */
  readonly link?: Carrier | undefined;
}

/** A piece of work that has begun. */
export interface OpenSpan {
  /** Runs `work` with this span as the present one. */
  run<T>(work: () => T): T;
  set(attributes: Attributes): void;
  /** `type`: a code of the error catalogue, or the name of an error. */
  fail(type: string): void;
  end(): void;
}

export interface Tracing {
  open(name: string, options: SpanOptions): OpenSpan;
  /** The present span, for another process. Undefined outside of one. */
  present(): Carrier | undefined;
}

let tracing: Tracing | undefined;

/** Turns tracing on for this process, or off. */
export function useTracing(next: Tracing | undefined): void {
  tracing = next;
}

export const isTracing = (): boolean => tracing !== undefined;

/** Undefined while tracing is off. */
export const openSpan = (name: string, options: SpanOptions): OpenSpan | undefined => tracing?.open(name, options);

/** Undefined while tracing is off, and outside of spans. */
export const presentTrace = (): Carrier | undefined => tracing?.present();

/**
 * Runs `work` as a span. `failure`: the error type of what `work` has thrown; undefined if it is no failure. While
 * tracing is off it only calls `work`.
 */
export async function inSpan<T>(
  name: string,
  options: SpanOptions,
  work: () => Promise<T>,
  failure: (error: unknown) => string | undefined = errorType,
): Promise<T> {
  const span = openSpan(name, options);
  if (!span) return work();
  try {
    return await span.run(work);
  } catch (error) {
    const type = failure(error);
    if (type !== undefined) span.fail(type);
    throw error;
  } finally {
    span.end();
  }
}

/** The code of an error of the catalogue, otherwise its name. Messages may contain what a trace may not. */
export function errorType(error: unknown): string {
  const { code, name } = Object(error) as { readonly code?: unknown; readonly name?: unknown };
  return [code, name].find((one): one is string => typeof one === 'string') ?? 'Error';
}
