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
  /** How long a scrape is kept. A judge reads each sample once, soon after it was taken. */
  readonly keepMs: number;
  /** Nobody has asked for so long: the scraping ends until somebody asks again. */
  readonly idleMs: number;
  readonly now: () => number;
}

const TIMES: ScrapeTimes = { everyMs: 1_000, keepMs: 900_000, idleMs: 120_000, now: Date.now };

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
    const found = await Promise.all((await this.#gateways()).map((gateway) => this.#page(gateway)));
    const pages = found.flatMap((page) => (page instanceof SluiceError ? [] : [page]));
    this.#failure = pages.length === 0 ? found.find((page) => page instanceof SluiceError) : undefined;
    const oldest = this.#times.now() - this.#times.keepMs;
    this.#kept = [...this.#kept.filter(({ at }) => at >= oldest), ...pages];
  }

  async #page(gateway: string): Promise<Scrape | SluiceError> {
    try {
      const text = await this.#client.text(gateway, '/metrics');
      const before = this.#kept.findLast((scrape) => scrape.gateway === gateway)?.counts;
      return { gateway, at: this.#times.now(), counts: sharing(readPage(text), before) };
    } catch (error) {
      if (error instanceof SluiceError) return error;
      throw error;
    }
  }
}
