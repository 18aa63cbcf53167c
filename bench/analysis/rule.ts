import type { Pace, Scrape, Version } from './world.ts';

export type Decision = 'fail' | 'pass';

/** A rule that watches a candidate. It reads every scrape in turn and returns its decision when it has one. */
export interface Watch {
  see(scrape: Scrape, index: number): Decision | undefined;
  /** The decision when the time is over. Undefined if undecided, when a person would be asked. */
  end(): Decision | undefined;
}

export interface Rule {
  readonly name: string;
  /** The origin of the rule, and its settings. */
  readonly source: string;
  /** `past`: scrapes of the stable version before the release. `version`: the truth, which no real judge may use. */
  watch(past: readonly Scrape[], pace: Pace, version: Version): Watch;
}

/** Counts over the last `blocks` scrapes, as a `[5m]` window has them. */
export class Window {
  readonly #blocks: number;
  readonly #scrapes: Scrape[] = [];

  constructor(blocks: number) {
    this.#blocks = blocks;
  }

  add(scrape: Scrape): void {
    this.#scrapes.push(scrape);
    if (this.#scrapes.length > this.#blocks) this.#scrapes.shift();
  }

  /** Share of bad answers; undefined without requests. */
  share(question: 'errors' | 'slow', arm: 'candidate' | 'stable'): number | undefined {
    const seen = this.#scrapes.filter((scrape) => scrape.seen).map((scrape) => scrape[question][arm]);
    const requests = seen.reduce((sum, block) => sum + block.requests, 0);
    return requests === 0 ? undefined : seen.reduce((sum, block) => sum + block.bad, 0) / requests;
  }
}
