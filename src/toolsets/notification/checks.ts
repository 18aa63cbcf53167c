import { finding, type CheckServices, type DoctorChecks, type Finding } from '../../commands/doctor-check.ts';
import type { KnownReceiver } from '../../ports/news.ts';
import { receiverWords } from './receiver-words.ts';

export const checks: DoctorChecks = { ofProcess: [receiverFindings] };

/** One finding for each receiver. Without receivers there is none. */
async function receiverFindings({ news }: CheckServices): Promise<readonly Finding[]> {
  let found: readonly KnownReceiver[] = [];
  const read = await finding('notifications', async () => {
    found = await news.receivers();
    return 'read';
  });
  return read.state === 'ok' ? found.map(findingOf) : [read];
}

function findingOf(known: KnownReceiver): Finding {
  const { ok, text } = receiverWords(known);
  const name = `notifications to ${known.receiver.name}`;
  if (ok) return { name, state: 'ok', detail: text };
  const next = known.state
    ? 'Correct the receiver, or its entry under news in the settings file. An entry with a new name begins anew.'
    : 'Start a worker with these settings: sluice worker.';
  return { name, state: 'missing', detail: text, next };
}
