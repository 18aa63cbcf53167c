import { SluiceError } from '../../domain/errors.ts';
import { parseClientText, type ClientText } from './client-text.ts';
import type { Place } from './places.ts';
import { readText, writeText } from '../local/text-file.ts';

const ATTEMPTS = 5;

/** A missing file is an empty one. Errors: SERVER_FILE_INVALID, SERVER_FILE_UNAVAILABLE. */
export function readClientFile({ client, scope }: Place): ClientText {
  return parseClientText(client, readText(client) ?? '', scope === 'mcprc');
}

/**
 * Writes what `edit` returns, if it differs. The caller holds the lock of the place, but clients write the file without
 * it. So the file is compared just before it is replaced, and the edit is done again if it differs by then.
 * Errors: SERVER_FILE_INVALID, SERVER_FILE_UNAVAILABLE, SERVER_REGISTRY_BUSY.
 */
export async function editClientFile(place: Place, edit: (client: ClientText) => string): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const before = readClientFile(place);
    const text = edit(before);
    if (text === before.text) return;
    if ((readText(place.client) ?? '') !== before.text) continue;
    await writeText(place.client, text, { mode: 0o644, backup: true });
    return;
  }
  throw new SluiceError('SERVER_REGISTRY_BUSY', `Another program writes ${place.client} all the time.`);
}
