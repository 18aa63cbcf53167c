import { SluiceError } from '../src/domain/errors.ts';

/** Retries a call, because a worker on a busy machine may answer late while the release continues. */
export async function withRetries<T>(call: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    const answer = await call().then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    if ('value' in answer) return answer.value;
    if (tries === MAX_TRIES || !(answer.error instanceof SluiceError && PASSING.includes(answer.error.code)))
      throw answer.error;
  }
}

const MAX_TRIES = 10;
const PASSING: readonly string[] = ['NO_ANSWER', 'TEMPORAL_UNREACHABLE'];
