import { CancellationScope, CancelledFailure, condition } from '@temporalio/workflow';

/** The release's own clock. It stops while the release is paused. */
export class ReleaseClock {
  private pausedNow = false;
  private ranMs = 0;
  private ranSince: number | undefined;

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

  /** Resolves after `ms` on this clock. `summary` names the timer in the Temporal UI. */
  async sleep(ms: number, summary: string): Promise<void> {
    let left = ms;
    while (left > 0) {
      await this.running();
      const began = Date.now();
      const paused = await condition(() => this.pausedNow, left, { summary });
      left -= Date.now() - began;
      if (!paused) return;
    }
  }
}
