/** One answer that a client got. */
export interface Answer {
  /** `<app>` in namespace shop, `<namespace>/<app>` elsewhere. */
  readonly key: string;
  /** The image tag; "none" if no pod answered. */
  readonly version: string;
  /** Name of the pod; "none" if it is not known. */
  readonly pod: string;
  /** HTTP status. */
  readonly status: number;
}

/** A pod that has not answered for this long is left out, so that the page does not grow with every release. */
const KEPT_MS = 600_000;
const METRIC = 'client_requests_total';

/**
 * Counts the answers of each pod, as an application's own metrics do. The page is in the text format of Prometheus. The
 * counts are never reset.
 */
export class Answers {
  private readonly counts = new Map<string, { count: number; lastAt: number }>();
  private readonly now: () => number;

  constructor(now: () => number = Date.now) {
    this.now = now;
  }

  add({ key, version, pod, status }: Answer): void {
    const [namespace, app] = key.includes('/') ? key.split('/') : ['shop', key];
    const labels = { namespace, app, version, pod, code: String(status) };
    const text = Object.entries(labels)
      .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
      .join(',');
    const known = this.counts.get(text) ?? { count: 0, lastAt: 0 };
    this.counts.set(text, { count: known.count + 1, lastAt: this.now() });
  }

  page(): string {
    const oldest = this.now() - KEPT_MS;
    for (const [text, { lastAt }] of this.counts) if (lastAt < oldest) this.counts.delete(text);
    const lines = [...this.counts].map(([text, { count }]) => `${METRIC}{${text}} ${count}`);
    return [`# TYPE ${METRIC} counter`, ...lines, ''].join('\n');
  }
}
