/** Calls `changed` whenever `look` returns a different value. A failed look is ignored. */
export function poll(look: () => Promise<unknown>, everyMs: number, changed: () => void): () => void {
  let last: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const round = async (): Promise<void> => {
    const seen = await look().then(
      (value) => JSON.stringify(value),
      () => undefined,
    );
    if (stopped) return;
    if (seen !== undefined && last !== undefined && seen !== last) changed();
    last = seen ?? last;
    timer = setTimeout(() => void round(), everyMs).unref();
  };
  void round();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
