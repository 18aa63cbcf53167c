import { clockFinding } from '../src/domain/analysis/sources.ts';
import type { EvidencePort } from '../src/ports/evidence.ts';

const EVERY_MS = 60_000;

/** Compares Prometheus' clock with this one once a minute. */
export class ClockCheck {
  readonly #evidence: Pick<EvidencePort, 'probe'>;
  #checkedAt = Number.NEGATIVE_INFINITY;
  #problem: string | undefined;

  constructor(evidence: Pick<EvidencePort, 'probe'>) {
    this.#evidence = evidence;
  }

  /** Why samples would be counted for the wrong time. Undefined when the clocks agree. Errors: of `probe`. */
  async problem(now: number): Promise<string | undefined> {
    if (now - this.#checkedAt < EVERY_MS && this.#problem === undefined) return undefined;
    const { aheadMs } = await this.#evidence.probe();
    const finding = aheadMs === undefined ? undefined : clockFinding(aheadMs);
    this.#problem = finding?.state === 'bad' ? [finding.detail, finding.next].join('. ') : undefined;
    this.#checkedAt = now;
    return this.#problem;
  }
}
