import { Counter, Gauge } from 'prom-client';
import type { RecordEntry } from '../domain/release/record.ts';
import type { Metrics } from './metrics.ts';

/** Maximum number of remembered entries. A repeated attempt writes its entries again within minutes. */
const REMEMBERED = 10_000;

/**
 * What a worker records of releases. `waiting`: how many entries the journal has not taken yet. An entry that this
 * worker writes again is counted once. One that two workers write is counted by both.
 */
export function recordMetrics({ registry }: Metrics, waiting: () => number): (entries: readonly RecordEntry[]) => void {
  const registers = [registry];
  const verdicts = new Counter({
    name: 'sluice_verdicts_total',
    help: 'Verdicts about steps of releases, by outcome.',
    labelNames: ['outcome'],
    registers,
  });
  const ended = new Counter({
    name: 'sluice_releases_ended_total',
    help: 'Releases that have ended, by state.',
    labelNames: ['state'],
    registers,
  });
  new Gauge({
    name: 'sluice_journal_waiting_entries',
    help: 'Entries that the journal has not taken yet.',
    registers,
    collect() {
      this.set(waiting());
    },
  });
  const seen = new Set<string>();
  const isNew = ({ runId, key }: RecordEntry): boolean => {
    const id = `${runId} ${key}`;
    if (seen.has(id)) return false;
    if (seen.size >= REMEMBERED) seen.clear();
    seen.add(id);
    return true;
  };
  return (entries) => {
    for (const entry of entries) {
      if (entry.kind === 'verdict' && isNew(entry)) verdicts.inc({ outcome: entry.data.outcome });
      if (entry.kind === 'release' && entry.data.closedAt !== undefined && isNew(entry))
        ended.inc({ state: entry.data.state });
    }
  };
}
