import { SluiceError } from '../errors.ts';
import { cleanText } from '../safe-text.ts';

/** The error for a source that allows several answers. `field`: the one that decides. */
export function ambiguous(what: string, field: string, choices: readonly string[]): SluiceError {
  const shown = choices.slice(0, 10).map((choice) => cleanText(choice, 80));
  return new SluiceError('SOURCE_AMBIGUOUS', `The source has ${what}: ${shown.join(', ')}.`, {
    next: `Set ${field} to one of them.`,
    details: { field, choices: shown },
  });
}

/** The error for a source that does not say how it is started. */
export function noStart(looked: string): SluiceError {
  return new SluiceError('SOURCE_NO_START', `The source does not say how it is started: ${looked}.`, {
    next: 'Set start to the words of the command, such as ["node","server.js"].',
    details: { field: 'start' },
  });
}

/** The error for a file of the source that cannot be understood. */
export function unreadable(file: string, error: unknown): SluiceError {
  const reason = cleanText(error instanceof Error ? error.message : String(error), 200);
  return new SluiceError('SOURCE_REFUSED', `${file} of the source cannot be read: ${reason}.`, {
    next: `Correct ${file} in the source.`,
  });
}
