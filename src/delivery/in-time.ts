/** The answer, or undefined if it takes longer than `ms` milliseconds. */
export function inTime<T>(answer: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), ms)));
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
