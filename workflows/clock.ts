import type { ClockState } from '../src/domain/release/continued.ts';
import { CancellationScope, CancelledFailure, condition } from '@temporalio/workflow';

/** The release's own clock. It stops while the release is paused. */
export class ReleaseClock {
  private pausedNow = false;
  private ranMs = 0;
  private ranSince: number | undefined;

  /** The rest of each wait that was interrupted while `keeping`, or that an earlier run has begun. */
  private readonly left = new Map<string, number>();
  private keeping = false;

  get paused(): boolean {
    return this.pausedNow;
  }

  pause(): void {
    this.ranMs = this.elapsedMs();
    this.ranSince = undefined;
    this.pausedNow = true;
  }

  resume(): void {
    if (this.pausedNow) this.ranSince = Date.now();
    this.pausedNow = false;
  }

  /** Milliseconds that this clock has run since its first use. Pauses do not count. */
  elapsedMs(): number {
    if (!this.pausedNow) this.ranSince ??= Date.now();
    return this.ranMs + (this.ranSince === undefined ? 0 : Date.now() - this.ranSince);
  }

  /** Resolves when the clock runs. Waiting adds nothing to the history. */
  async running(): Promise<void> {
    // A wait that was cancelled at the moment of the resume must not continue.
    if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('cancelled');
    if (this.pausedNow) await condition(() => !this.pausedNow);
  }

  /**
   * Resolves after `ms` on this clock. `summary` names the timer in the Temporal UI. A wait that an earlier run has
   * begun under this name takes the rest of its time.
   */
  async sleep(ms: number, summary: string): Promise<void> {
    let left = this.left.get(summary) ?? ms;
    this.left.delete(summary);
    try {
      while (left > 0) {
        await this.running();
        const began = Date.now();
        try {
          if (!(await condition(() => this.pausedNow, left, { summary }))) left = 0;
        } finally {
          left -= Date.now() - began;
        }
      }
    } finally {
      if (this.keeping) this.left.set(summary, Math.max(0, left));
    }
  }

  /** From now on the rest of each interrupted wait is kept for the next run. */
  keep(keeping: boolean): void {
    this.keeping = keeping;
  }

  /** Whether an earlier run has begun the wait of this name. */
  hasBegun(summary: string): boolean {
    return this.left.has(summary);
  }

  /** Forgets the rests of waits: another step has begun. */
  forget(): void {
    this.left.clear();
  }

  get state(): ClockState {
    return { paused: this.pausedNow, ranMs: this.elapsedMs(), left: [...this.left] };
  }

  takeOver({ paused, ranMs, left }: ClockState): void {
    this.pausedNow = paused;
    this.ranMs = ranMs;
    for (const [name, ms] of left) this.left.set(name, ms);
  }
}
