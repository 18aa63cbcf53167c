import type { RecordEntry } from '../release/record.ts';
import type { ReleaseView } from '../release/view.ts';
import { safeEntries } from './entries.ts';

/** The record of a run together with its workflow's current view. The journal may get these facts later, or never. */
export function withLive(recorded: readonly RecordEntry[], view: ReleaseView): readonly RecordEntry[] {
  const known = new Set(recorded.map(identity));
  return [
    ...recorded,
    ...safeEntries(fromView(view)).filter((entry) => entry.kind === 'release' || !known.has(identity(entry))),
  ];
}

function fromView({ events, commands, eventsBefore: _, ...release }: ReleaseView): readonly RecordEntry[] {
  const { id: releaseId, runId, proof, verdict, stepIndex: step, weightWanted, plan } = release;
  const weight = plan?.steps[step]?.weight ?? weightWanted;
  const last = events.at(-1)?.at ?? release.startedAt;
  const base = { releaseId, runId };
  return [
    ...events.map(
      (data, index): RecordEntry => ({ ...base, key: `live/event/${index}`, kind: 'event', at: data.at, data }),
    ),
    ...commands.map(
      (data): RecordEntry => ({ ...base, key: `live/command/${data.requestId}`, kind: 'command', at: last, data }),
    ),
    ...(proof ? [{ ...base, key: 'live/proof', kind: 'proof', at: proof.at, data: { ...proof, step } } as const] : []),
    ...(verdict
      ? [{ ...base, key: 'live/verdict', kind: 'verdict', at: verdict.to, data: { ...verdict, step, weight } } as const]
      : []),
    { ...base, key: 'live/release', kind: 'release', at: release.closedAt ?? last, data: release },
  ];
}

/** The same fact has different keys here and in the journal. */
function identity(entry: RecordEntry): string {
  const { kind, data } = entry;
  if (kind === 'event') return `event ${data.at} ${data.state} ${data.text}`;
  if (kind === 'command') return `command ${data.requestId}`;
  if (kind === 'proof') return `proof ${data.at} ${data.wanted}`;
  return kind === 'verdict' ? `verdict ${data.from} ${data.to} ${data.outcome}` : entry.key;
}
