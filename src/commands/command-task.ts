/** What identifies the work of a task. It is a part of the handle, so it is short and holds no secret. */
export type TaskKey = Readonly<Record<string, string>>;

export interface ToolCall {
  readonly tool: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** How the work stands. Times are in ISO 8601. */
export interface TaskState {
  readonly status: 'working' | 'completed' | 'cancelled';
  readonly message: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Of completed work: what the call answers in the end, in the form of its own output, and as text. */
  readonly result?: { readonly output: Readonly<Record<string, unknown>>; readonly text: string };
}

/**
 * Long work that a call begins, or waits for. A client that follows tasks gets a handle instead of an answer. The work
 * itself is elsewhere and durable, so a task needs no memory: it is read, and ended, by other calls of the catalogue.
 */
export interface CommandTask {
  /** The input with which the call itself waits for nothing. If absent, the input as it is. */
  atOnce?(input: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>;
  /** The work of an answer. Undefined: the answer is final, and there is no task. */
  keyOf(output: Readonly<Record<string, unknown>>): TaskKey | undefined;
  read(key: TaskKey): ToolCall;
  /** `read`: the answer of that call. */
  stateOf(read: Readonly<Record<string, unknown>>, key: TaskKey): TaskState;
  /** The call that ends the work early. If absent, only the client stops to follow. */
  cancel?(key: TaskKey): ToolCall;
}
