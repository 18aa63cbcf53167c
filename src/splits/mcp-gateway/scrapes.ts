import { SluiceError } from '../../domain/errors.ts';
import { readPage, type VersionCounts } from './page.ts';
import { sharing } from './sharing.ts';
import { GatewayClient } from '../../adapters/server-gateways/client.ts';

/** The counters of every version at one gateway, at one time (epoch ms). */
export interface Scrape {
  readonly gateway: string;
  readonly at: number;
  readonly counts: ReadonlyMap<string, VersionCounts>;
}

export interface ScrapeTimes {
  /** Milliseconds between two scrapes. */
  readonly everyMs: number;
  /** How long each scrape is kept. A judge reads each sample once, soon after it was taken. */
  readonly keepMs: number;
  /** Older scrapes are kept once a minute, so that a judge that begins anew knows stable's past hour. */
  readonly pastMs: number;
  /** Nobody has asked for so long: the scraping ends until somebody asks again. */
  readonly idleMs: number;
  readonly now: () => number;
}

const TIMES: ScrapeTimes = { everyMs: 1_000, keepMs: 900_000, pastMs: 3_600_000, idleMs: 120_000, now: Date.now };

/** The pages of a gateway are a minute apart, or a little less. */
const MINUTE_MS = 55_000;
/** After a longer silence the gateway is asked for what it has kept meanwhile. */
const GAP_MS = 30_000;

/** Reads the metrics pages of all gateways again and again while somebody asks for them. */
export class Scrapes {
  readonly #gateways: () => Promise<readonly string[]>;
  readonly #client: GatewayClient;
  readonly #times: ScrapeTimes;
  #kept: Scrape[] = [];
  #timer: NodeJS.Timeout | undefined;
  #askedAt = 0;
  #first: Promise<void> | undefined;
  #running: Promise<void> | undefined;
  /** Why no gateway answered the last time. */
  #failure: SluiceError | undefined;

  constructor(
    gateways: () => Promise<readonly string[]>,
    times: Partial<ScrapeTimes> = {},
    client: GatewayClient = new GatewayClient(),
  ) {
    this.#gateways = gateways;
    this.#client = client;
    this.#times = { ...TIMES, ...times };
  }

  /** Scrapes once. Errors: GATEWAY_UNREACHABLE if no gateway answers. */
  async now(): Promise<void> {
    await (this.#running ??= this.#scrape().finally(() => (this.#running = undefined)));
    if (this.#failure) throw this.#failure;
  }

  /** Scrapes from now on, until nobody has asked for a while. Errors: as `now`. */
  async follow(): Promise<void> {
    this.#askedAt = this.#times.now();
    if (this.#timer === undefined) {
      this.#timer = setInterval(() => this.#tick(), this.#times.everyMs);
      this.#timer.unref();
      this.#first = this.now();
    }
    await this.#first?.catch(() => undefined);
    if (this.#failure) throw this.#failure;
  }

  between(fromMs: number, toMs: number): readonly Scrape[] {
    return this.#kept.filter(({ at }) => at >= fromMs && at <= toMs);
  }

  #tick(): void {
    if (this.#times.now() - this.#askedAt <= this.#times.idleMs) return void this.now().catch(() => undefined);
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #scrape(): Promise<void> {
    const found = await Promise.all((await this.#gateways()).map((gateway) => this.#pages(gateway)));
    const pages = found.flatMap((read) => (read instanceof SluiceError ? [] : read));
    this.#failure = pages.length === 0 ? found.find((read) => read instanceof SluiceError) : undefined;
    this.#kept = this.#thinned([...this.#kept, ...pages]);
  }

  #thinned(scrapes: readonly Scrape[]): Scrape[] {
    const { now, keepMs, pastMs } = this.#times;
    const [fine, coarse] = [now() - keepMs, now() - pastMs];
    const last = new Map<string, number>();
    return scrapes.filter(({ gateway, at }) => {
      if (at >= fine) return true;
      if (at < coarse || at - (last.get(gateway) ?? -Infinity) < MINUTE_MS) return false;
      last.set(gateway, at);
      return true;
    });
  }

  /** The counters of now, after those that the gateway has kept since the last scrape. */
  async #pages(gateway: string): Promise<readonly Scrape[] | SluiceError> {
    try {
      const text = await this.#client.counters(gateway);
      const at = this.#times.now();
      const before = this.#kept.findLast((scrape) => scrape.gateway === gateway);
      const past = before && at - before.at < GAP_MS ? [] : await this.#past(gateway, before, at);
      return [...past, { gateway, at, counts: sharing(readPage(text), (past.at(-1) ?? before)?.counts) }];
    } catch (error) {
      if (error instanceof SluiceError) return error;
      throw error;
    }
  }

  /** Empty for a gateway of an older version, which keeps nothing. */
  async #past(gateway: string, before: Scrape | undefined, now: number): Promise<readonly Scrape[]> {
    const scrapes: Scrape[] = [];
    try {
      for (const { id, age_ms: age } of await this.#client.past(gateway)) {
        const at = now - age;
        if (at <= (before?.at ?? now - this.#times.pastMs) || at >= now) continue;
        const counts = readPage(await this.#client.pastCounters(gateway, id));
        scrapes.push({ gateway, at, counts: sharing(counts, scrapes.at(-1)?.counts) });
      }
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
    }
    return scrapes;
  }
}
