import { SluiceError } from '../src/domain/errors.ts';
import type { Log } from '../src/observability/log.ts';
import type { JournalPort } from '../src/ports/journal.ts';
import { HELD_VERSION, type Checkpoints, type Held } from './evidence-store.ts';

/** Checkpoints in the journal. A checkpoint that cannot be read or written only costs time, so it causes a warning. */
export function journalCheckpoints(journal: JournalPort, log: Log): Checkpoints {
  const unlessAway = async <T>(runId: string, work: Promise<T>): Promise<T | undefined> => {
    try {
      return await work;
    } catch (err) {
      if (!(err instanceof SluiceError)) throw err;
      log.debug({ err, runId }, 'The checkpoint of a release is not in the journal; its evidence is fetched again');
      return undefined;
    }
  };
  return {
    async read(runId) {
      const text = await unlessAway(runId, journal.readCheckpoint(runId));
      return text === undefined ? undefined : understood(text);
    },
    async write(runId, held) {
      await unlessAway(runId, journal.writeCheckpoint(runId, held.readTo, JSON.stringify(held)));
    },
  };
}

function understood(text: string): Held | undefined {
  try {
    const held = JSON.parse(text) as Held | null;
    return held?.version === HELD_VERSION ? held : undefined;
  } catch {
    return undefined;
  }
}
