/** The answer, or undefined if it fails or takes longer than `ms` milliseconds. */
export function within<T>(read: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), ms)));
  return Promise.race([read.catch(() => undefined), late]).finally(() => clearTimeout(timer));
}
