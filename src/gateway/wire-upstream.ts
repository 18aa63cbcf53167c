import { randomUUID } from 'node:crypto';
import { SluiceError } from '../domain/errors.ts';
import { Conversation } from './conversation.ts';
import { SharedWire } from './shared-wire.ts';
import { openingIn, resumableId } from './resumable.ts';
import { Supervisor } from './supervisor.ts';
import type { Answer, Ask, Limits, Listen, Upstream } from './upstream.ts';
import type { OpenWire } from './wire.ts';

const MOST_ENDED = 1_000;

/**
 * A version behind wires: processes, or connections of the SSE transport of 2024. Each 2025 session has a wire of its
 * own, because the server keeps state in it. All requests since 2026-07-28 share one wire.
 */
export class WireUpstream implements Upstream {
  readonly #supervisor: Supervisor;
  readonly #limits: Limits;
  readonly #resumable: boolean;
  readonly #sessions = new Map<string, Conversation>();
  readonly #ended = new Set<string>();
  readonly #sweep: NodeJS.Timeout;
  #shared: SharedWire | undefined;

  /**
   * `resumable`: a session that another process has opened is opened again here, with the handshake that its id has in
   * it. What the server of the other process keeps in memory is not here.
   */
  constructor(open: OpenWire, limits: Limits, { resumable = false }: { readonly resumable?: boolean } = {}) {
    this.#limits = limits;
    this.#resumable = resumable;
    this.#supervisor = new Supervisor(open, limits.processes);
    this.#sweep = setInterval(() => this.#stopIdle(), Math.max(50, limits.idleMs / 10)).unref();
  }

  get processes(): number {
    return this.#supervisor.size;
  }

  send(ask: Ask, answer: Answer): void {
    const { message, session } = ask;
    if (session !== undefined) return this.#inSession(session, answer, (found) => found.send(ask, answer));
    if (message.method === 'initialize') return this.#begin(ask, answer);
    if (message.modern || message.method === 'server/discover') return this.#sharedWire().send(ask, answer);
    answer.fail(
      new SluiceError(
        'GATEWAY_MESSAGE_INVALID',
        `${message.method ?? 'The message'} belongs to a session, and names none.`,
      ),
    );
  }

  listen(ask: Listen, answer: Answer): void {
    this.#inSession(ask.session ?? '', answer, (found) => found.listen(ask, answer));
  }

  async endSession(session: string): Promise<void> {
    const found = this.#sessions.get(session);
    this.#sessions.delete(session);
    if (this.#resumable) this.#forget(session);
    await found?.close();
  }

  async close(): Promise<void> {
    clearInterval(this.#sweep);
    const shared = this.#shared;
    this.#shared = undefined;
    await Promise.all([shared?.close(), ...[...this.#sessions.keys()].map((session) => this.endSession(session))]);
    await this.#supervisor.close();
  }

  /** A session that its caller has ended stays ended. The oldest ones are forgotten. */
  #forget(session: string): void {
    this.#ended.add(session);
    const [oldest] = this.#ended;
    if (this.#ended.size > MOST_ENDED && oldest !== undefined) this.#ended.delete(oldest);
  }

  #begin(ask: Ask, answer: Answer): void {
    const session = this.#resumable ? resumableId(ask.message.params) : randomUUID();
    const conversation = new Conversation((events) => this.#supervisor.open(events), this.#limits);
    this.#sessions.set(session, conversation);
    const failed = (): void => void this.endSession(session);
    conversation.send(ask, new FirstAnswer(answer, session, failed));
  }

  #inSession(session: string, answer: Answer, use: (found: Conversation) => void): void {
    const found = this.#sessions.get(session) ?? this.#resumed(session);
    if (found) return use(found);
    answer.fail(new SluiceError('GATEWAY_SESSION_UNKNOWN', 'The session is not known here: its process has ended.'));
  }

  /** Undefined if the id has no handshake in it, or the session has ended here. */
  #resumed(session: string): Conversation | undefined {
    const opening = this.#resumable && !this.#ended.has(session) ? openingIn(session) : undefined;
    if (!opening) return undefined;
    const conversation = new Conversation((events) => this.#supervisor.open(events), this.#limits, opening);
    this.#sessions.set(session, conversation);
    return conversation;
  }

  #sharedWire(): SharedWire {
    this.#shared ??= new SharedWire((events) => this.#supervisor.open(events), this.#limits);
    return this.#shared;
  }

  #stopIdle(): void {
    const before = Date.now() - this.#limits.idleMs;
    for (const [session, found] of this.#sessions)
      if (found.idle && found.lastUsed < before) void this.endSession(session);
    if (!this.#shared?.idle || this.#shared.lastUsed >= before) return;
    void this.#shared.close();
    this.#shared = undefined;
  }
}

/** The answer to initialize. It names the session, and a failed one leaves no session behind. */
class FirstAnswer implements Answer {
  readonly #answer: Answer;
  readonly #session: string;
  readonly #failed: () => void;

  constructor(answer: Answer, session: string, failed: () => void) {
    this.#answer = answer;
    this.#session = session;
    this.#failed = failed;
  }

  accepted(): void {
    this.#answer.accepted(this.#session);
  }

  message(text: string): boolean {
    return this.#answer.message(text);
  }

  end(): void {
    this.#answer.end();
  }

  refuse(...refusal: Parameters<Answer['refuse']>): void {
    this.#answer.refuse(...refusal);
  }

  fail(error: SluiceError): void {
    this.#failed();
    this.#answer.fail(error);
  }

  whenReady(resume: () => void): void {
    this.#answer.whenReady(resume);
  }
}
