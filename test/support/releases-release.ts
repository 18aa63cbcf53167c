import { randomUUID } from 'node:crypto';
import type { ReleaseOutput } from '../../src/contract/release-view.ts';
import { CLOSED_STATES, type ReleaseState } from '../../src/domain/release/state.ts';
import { isPassing, withRetries, type Mcp } from './mcp-client.ts';
import { eventually } from './releases-wait.ts';

export interface CommandAnswer {
  readonly request_id: string;
  readonly outcome: 'applied' | 'accepted' | 'refused';
  readonly detail: string;
  readonly duplicate: boolean;
}

/** One running release, as an agent sees it through MCP. */
export class Release {
  readonly id: string;
  readonly runId: string;
  readonly image: string;
  /** The last answer that was read. */
  last: ReleaseOutput | undefined;
  private readonly mcp: Mcp;

  constructor(mcp: Mcp, id: string, runId: string, image: string) {
    this.mcp = mcp;
    this.id = id;
    this.runId = runId;
    this.image = image;
  }

  /** The current state, without waiting. Undefined while it cannot be read. */
  async peek(): Promise<ReleaseOutput | undefined> {
    try {
      this.last = await this.mcp.call<ReleaseOutput>('release_wait', { release_id: this.id, timeout_seconds: 0 });
      return this.last;
    } catch (error) {
      if (isPassing(error)) return undefined;
      throw error;
    }
  }

  /** Waits until the release is in `state`. It fails at once when the release has ended otherwise. */
  async reaches(state: ReleaseState, timeoutMs = 60_000): Promise<ReleaseOutput> {
    return this.until(`${this.id} is ${state}`, (seen) => seen.state === state, timeoutMs);
  }

  async until(what: string, holds: (seen: ReleaseOutput) => boolean, timeoutMs = 60_000): Promise<ReleaseOutput> {
    const look = async () => {
      const seen = await this.peek();
      if (seen && holds(seen)) return seen;
      if (seen && isClosed(seen))
        throw new Error(`Waited until ${what}, but the release ended: ${seen.state}: ${seen.reason}`);
      return undefined;
    };
    return eventually(what, look, { timeoutMs, everyMs: 150, now: () => this.summary() });
  }

  /** Follows the release with release_wait until it has ended. */
  async ended(timeoutMs = 120_000): Promise<ReleaseOutput> {
    let cursor: string | undefined;
    const look = async () => {
      const seen = await this.follow(cursor).catch((error: unknown) => {
        if (isPassing(error)) return undefined;
        throw error;
      });
      cursor = seen?.cursor;
      return seen && isClosed(seen) ? seen : undefined;
    };
    return eventually(`${this.id} has ended`, look, { timeoutMs, everyMs: 10, now: () => this.summary() });
  }

  private async follow(cursor: string | undefined): Promise<ReleaseOutput & { cursor: string }> {
    const seen = await this.mcp.call<ReleaseOutput & { cursor: string }>('release_wait', {
      release_id: this.id,
      timeout_seconds: 5,
      ...(cursor ? { cursor } : {}),
    });
    this.last = seen;
    return seen;
  }

  /** The whole release with all its events. */
  async story(): Promise<ReleaseOutput> {
    return withRetries(() => this.mcp.call<ReleaseOutput>('release_get', { release_id: this.id, detail: 'full' }));
  }

  pause = (args = {}) => this.send('release_pause', args);
  resume = (args = {}) => this.send('release_resume', args);
  promote = (args = {}) => this.send('release_promote', args);
  promoteAll = (args = {}) => this.send('release_promote', { all: true, confirm: this.id, ...args });
  abort = (args = {}) => this.send('release_abort', { reason: 'test', confirm: this.id, ...args });
  skipAnalysis = (args = {}) =>
    this.send('release_skip_analysis', { reason: 'judged by hand', step: 0, confirm: this.id, ...args });
  approve = (args = {}) => this.send('release_approve', args);
  reject = (args = {}) => this.send('release_reject', args);

  /** Ends the release in any state, after a failed scenario. */
  async endForCleaning(): Promise<void> {
    const seen = await this.peek().catch(() => undefined);
    if (seen && isClosed(seen)) return;
    await this.abort().catch(() => undefined);
    await this.ended(90_000).catch((error: unknown) => console.error(`${this.id} does not end: ${String(error)}`));
  }

  /** All tries have one request id, so that a command whose answer was lost acts once. */
  private send(tool: string, args: Record<string, unknown>): Promise<CommandAnswer> {
    const request = { release_id: this.id, request_id: randomUUID(), ...args };
    return withRetries(() => this.mcp.call<CommandAnswer>(tool, request));
  }

  private summary(): object {
    return {
      state: this.last?.state,
      reason: this.last?.reason,
      events: this.last?.events.map(({ at, state, text }) => `${at} ${state}: ${text}`),
    };
  }
}

function isClosed(seen: ReleaseOutput): boolean {
  return (CLOSED_STATES as readonly string[]).includes(seen.state) && seen.closed_at !== undefined;
}
