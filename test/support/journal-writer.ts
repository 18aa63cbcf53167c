// A process that writes entries to a journal. Other processes write some of the same entries. Arguments: journal, home,
// name, count.
import { createJournal } from '../../src/adapters/journal/index.ts';
import { eventEntry } from './journal-entries.ts';

const [journal = '', home = '', name = '', count = '0'] = process.argv.slice(2);
const port = createJournal({ journal, home });
for (let number = 0; number < Number(count); number += 1) {
  await port.append([
    eventEntry('run-shared', `event/${number}`, number),
    eventEntry(`run-${name}`, `event/${number}`, number),
  ]);
}
await port.close();
