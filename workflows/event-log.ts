import type { ReleaseEvent, ReleaseView } from '../src/domain/release/view.ts';

/** Maximum number of events. The oldest are dropped, so that the answer to a query stays small. */
const MAX_EVENTS = 200;

/** The newest events of a release. */
export class EventLog {
  private readonly events: ReleaseEvent[] = [];
  private dropped = 0;

  /** The newest events, the oldest first. */
  get newest(): readonly ReleaseEvent[] {
    return [...this.events];
  }

  /** How many events there were before the first of `newest`. */
  get before(): number {
    return this.dropped;
  }

  /** The newest events, and how many there were before, for the view of the release. */
  get shown(): Pick<ReleaseView, 'events' | 'eventsBefore'> {
    return { events: this.newest, ...(this.dropped > 0 ? { eventsBefore: this.dropped } : {}) };
  }

  add(event: ReleaseEvent): void {
    this.events.push(event);
    if (this.events.length <= MAX_EVENTS) return;
    this.events.shift();
    this.dropped += 1;
  }

  /** Takes over the events of an earlier run. */
  takeOver(events: readonly ReleaseEvent[], before: number): void {
    this.events.push(...events);
    this.dropped = before;
  }
}
