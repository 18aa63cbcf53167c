import { setTimeout as sleep } from 'node:timers/promises';
import { applyApplication, loadStats, removeApplication, setLoad, type Sandbox } from '../../sandbox/index.ts';
import type { McpLink } from '../../src/entry/demo/mcp-link.ts';
import { disturbed, NAMESPACE, release } from './release.ts';
import type { LiveRun } from './results.ts';
import { imageOf, isSame, kindOf, type Scenario } from './scenarios.ts';

/** Requests per second of one application. */
export const RPS = 100;
/** Time of load on stable before its first release, because the dispersion needs a past. */
export const PAST_SECONDS = 60;

export interface Where {
  readonly sandbox: Sandbox;
  readonly link: McpLink;
  readonly signal: AbortSignal;
}

/**
 * An application that scenarios with the same kind of stable version share. A promoted version is the stable version of
 * the next scenario.
 */
export class Slot {
  private readonly where: Where;
  private readonly app: string;
  private stable: { readonly kind: string; readonly seed: number; readonly since: number } | undefined;
  private number = 0;

  constructor(where: Where, app: string) {
    this.where = where;
    this.app = app;
  }

  /** The current kind of its stable version. */
  get kind(): string | undefined {
    return this.stable?.kind;
  }

  async run(scenario: Scenario, seed: number): Promise<LiveRun> {
    const kind = kindOf(scenario);
    const { seed: stableSeed, since } = await this.prepare(scenario, kind, seed);
    const pastSeconds = Math.round((Date.now() - since) / 1000);
    this.number += 1;
    const image = imageOf(scenario, 'candidate', this.number, seed);
    const decided = await release(this.where.link, this.where.sandbox.context, this.app, image, scenario).catch(
      (error: unknown) => {
        if (this.where.signal.aborted) throw error;
        return disturbed(error instanceof Error ? error.message : String(error));
      },
    );
    if (decided.outcome === 'pass' && isSame(scenario)) this.stable = { kind, seed, since };
    else if (decided.outcome === 'pass' || decided.outcome === 'disturbed') this.stable = undefined;
    const seen = decided.outcome === 'undecided' ? await this.answersOf(image) : {};
    return { scenario: scenario.id, seed, stableSeed, ...decided, ...seen, pastSeconds };
  }

  /** All answers of a version that clients received. */
  private async answersOf(image: string): Promise<Pick<LiveRun, 'requests' | 'bad'>> {
    const key = `${NAMESPACE}/${this.app}`;
    const version = (await loadStats(this.where.sandbox, key)).apps[key]?.versions[image.slice(image.indexOf(':') + 1)];
    return { requests: version?.count ?? 0, bad: version?.status[500] ?? 0 };
  }

  /** Stops the load, so that the others can use the machine. */
  async rest(): Promise<void> {
    if (this.number > 0) await setLoad(this.where.sandbox, { apps: { [`${NAMESPACE}/${this.app}`]: 0 } });
  }

  private async prepare(scenario: Scenario, kind: string, seed: number): Promise<NonNullable<Slot['stable']>> {
    if (this.stable?.kind === kind) return this.stable;
    const { sandbox, signal } = this.where;
    if (this.number > 0) await removeApplication(sandbox, this.app, NAMESPACE);
    this.number += 1;
    // An offset, so that the sequence differs from the candidate's.
    const stableSeed = seed + 500_000;
    const image = imageOf({ version: scenario.version }, 'stable', this.number, stableSeed);
    await applyApplication(sandbox, {
      name: this.app,
      namespace: NAMESPACE,
      strategy: 'canary',
      steps: [...scenario.weights],
      image,
      rps: RPS,
      ...(scenario.replicas === undefined ? {} : { replicas: scenario.replicas }),
      ...(scenario.protocol === undefined ? {} : { protocol: scenario.protocol }),
    });
    this.stable = { kind, seed: stableSeed, since: Date.now() };
    await sleep(PAST_SECONDS * 1000, undefined, { signal });
    return this.stable;
  }
}
