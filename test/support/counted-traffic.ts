import type { CounterSeries, EvidencePort, ServiceCounters } from '../../src/ports/evidence.ts';

/** Answers of one version at one proxy, per second. */
export interface Rates {
  readonly requests: number;
  readonly bad: number;
}

export interface Traffic {
  readonly scrapeMs: number;
  readonly instances: readonly string[];
  /** Rates of an arm at a time, epoch ms. They are valid for the scrape interval that ends then. */
  readonly rates: (service: string, at: number) => Rates;
  readonly from: number;
}

const BOUNDS = ['0.1', '0.3', '1.2', '+Inf'] as const;

/** Counters as Prometheus would return them, computed for the requested window, so that a week needs no memory. */
export class CountedTraffic implements Pick<EvidencePort, 'counters'> {
  readonly asked: { readonly fromMs: number; readonly toMs: number }[] = [];
  away = false;
  readonly #traffic: Traffic;
  readonly #sums = new Map<string, Rates[]>();

  constructor(traffic: Traffic) {
    this.#traffic = traffic;
  }

  async counters(service: string, window: { fromMs: number; toMs: number }): Promise<ServiceCounters> {
    if (this.away) throw new Error('Prometheus is away');
    this.asked.push(window);
    const { instances, scrapeMs, from } = this.#traffic;
    const first = Math.max(0, Math.ceil((window.fromMs - from) / scrapeMs));
    const last = Math.floor((window.toMs - from) / scrapeMs);
    const places = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
    const series = (labels: Record<string, string>, value: (sum: Rates) => number): CounterSeries => ({
      labels: { service, ...labels },
      samples: places.map((place) => [from + place * scrapeMs, value(this.#sum(service, place))] as const),
    });
    return {
      requests: instances.flatMap((instance) => [
        series({ instance, code: '200', protocol: 'http' }, ({ requests, bad }) => requests - bad),
        series({ instance, code: '500', protocol: 'http' }, ({ bad }) => bad),
      ]),
      buckets: instances.flatMap((instance) =>
        BOUNDS.map((le) => series({ instance, code: '200', protocol: 'http', le }, ({ requests }) => requests)),
      ),
    };
  }

  #sum(service: string, place: number): Rates {
    const sums = this.#sums.get(service) ?? [{ requests: 0, bad: 0 }];
    this.#sums.set(service, sums);
    const { rates, from, scrapeMs } = this.#traffic;
    while (sums.length <= place) {
      const before = sums[sums.length - 1] as Rates;
      const { requests, bad } = rates(service, from + sums.length * scrapeMs);
      const seconds = scrapeMs / 1000;
      sums.push({ requests: before.requests + requests * seconds, bad: before.bad + bad * seconds });
    }
    return sums[place] as Rates;
  }
}
