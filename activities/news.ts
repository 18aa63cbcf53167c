/** A run that is over tells nothing more. */
const UNUSED_MS = 600_000;
/** The same again is told again after this, so that the record shows that somebody looked. */
const SAME_MS = 60_000;

interface Run {
  /** Keys of facts that are told once. */
  readonly told: Set<string>;
  /** By topic: what was told last, and of when. */
  readonly last: Map<string, { readonly content: string; readonly at: number }>;
  /** Newest time of a sample. */
  newest: number;
  count: number;
  usedAt: number;
}

/**
 * What was told already of each run, so that a judgement a second does not write the same a second. Forgetting it does
 * no harm: keys are the same again.
 */
export class News {
  readonly #runs = new Map<string, Run>();

  of(runId: string, now: number): Run {
    const run = this.#runs.get(runId) ?? { told: new Set(), last: new Map(), newest: 0, count: 0, usedAt: now };
    run.usedAt = now;
    this.#runs.set(runId, run);
    for (const [id, { usedAt }] of this.#runs) if (now - usedAt > UNUSED_MS) this.#runs.delete(id);
    return run;
  }
}

/** Whether `key` is told for the first time. */
export function isFirst({ told }: Run, key: string): boolean {
  if (told.has(key)) return false;
  told.add(key);
  return true;
}

/** Whether `content` is another than the last of its topic, or the last one is old (`at`, epoch ms). */
export function isChange({ last }: Run, topic: string, content: unknown, at: number, same = SAME_MS): boolean {
  const text = JSON.stringify(content);
  const before = last.get(topic);
  if (before && before.content === text && Math.abs(at - before.at) < same) return false;
  last.set(topic, { content: text, at });
  return true;
}
