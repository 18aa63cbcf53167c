interface Snapshot {
  readonly namespace: string;
  readonly name: string;
  readonly phase: string;
  readonly message: string;
}

interface Answer {
  readonly changed: boolean;
  readonly effective: string;
  readonly reason: string;
  readonly before?: Snapshot | undefined;
  readonly after?: Snapshot | undefined;
  readonly next?: string | undefined;
}

/** The outcome of a write to a Rollout, for people. */
export function effectLines({ changed, effective, reason, before, after, next }: Answer): string[] {
  const object = after ?? before;
  const state = after ? [`${after.namespace}/${after.name} is now ${after.phase}${after.message ? `: ${after.message}` : ''}`] : object ? [`${object.namespace}/${object.name}`] : [];
  return [`${changed ? 'changed' : 'not changed'}, ${effective}: ${reason}`, ...state, ...(next ? [next] : [])];
}
