/** One entry of the catalogue. `retryable`: whether an activity may repeat the call unchanged. */
export interface ErrorEntry {
  readonly meaning: string;
  readonly next: string;
  readonly retryable: boolean;
  readonly http: number;
  readonly exit: number;
}

export const entry = (http: number, exit: number, retryable: boolean, meaning: string, next: string): ErrorEntry => ({
  meaning,
  next,
  retryable,
  http,
  exit,
});
