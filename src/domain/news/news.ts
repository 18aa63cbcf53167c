import { plural } from '../plural.ts';
import type { RecordEntry, Recorded } from '../release/record.ts';
import { isClosed } from '../release/state.ts';
import { parseReleaseId } from '../release/target.ts';
import type { Waiting } from '../release/view.ts';
import { deliverySubject, ofDelivery } from './of-delivery.ts';
import type { News, NewsSubject, Told } from './told.ts';

/** The news that an entry of the journal is. Undefined for every other entry. */
export function newsOf(entry: RecordEntry): News | undefined {
  const { runId, key, at } = entry;
  const told = toldBy(entry);
  return told && { id: `${runId}/${key}`, about: subjectOf(entry), runId, at, ...told };
}

function toldBy(entry: RecordEntry): Told | undefined {
  if (entry.kind === 'event') return ofEvent(entry.data);
  if (entry.kind === 'release') return ofSituation(entry);
  return entry.kind === 'delivery' ? ofDelivery(entry.data) : undefined;
}

function subjectOf(entry: RecordEntry): NewsSubject {
  const id = entry.releaseId;
  if (entry.kind === 'delivery') return deliverySubject(entry.data);
  const target = parseReleaseId(id);
  if (!target) return { kind: 'release', id, place: id };
  const { namespace, rollout, cluster } = target;
  return { kind: 'release', id, namespace, place: `${namespace}/${rollout} on ${cluster}` };
}

const GOES_ON = 'The release goes on by itself.';
const NEXT_STEP = 'The release goes on with what follows this step, or asks first.';

function ofEvent({ state, text, who }: Recorded['event']): Told | undefined {
  const by = who === undefined ? {} : { who };
  if (state === 'starting' && text.startsWith('setting '))
    return { event: 'started', what: text, next: GOES_ON, ...by };
  if (text.startsWith('passed: ')) return { event: 'passed', what: text, next: NEXT_STEP, ...by };
  if (text.startsWith('the guard ')) return { event: 'guard', what: text, next: 'The guard rolls a bad version back.' };
  return undefined;
}

/** A situation is written more than once. Its first record has the time at which it began. */
function ofSituation({ at, data }: Extract<RecordEntry, { kind: 'release' }>): Told | undefined {
  const { state, reason, waiting, startedBy } = data;
  const about = { what: reason, who: startedBy, ...decidedBy(data) };
  if (isClosed(state)) return { event: state, next: 'The release has ended.', ...about };
  if (waiting)
    return waiting.sinceMs === at ? { event: 'asks', next: afterQuestion(waiting, data), ...about } : undefined;
  if (state !== 'aborting' || reason.startsWith('trying the ')) return undefined;
  return { event: 'failed', next: 'The traffic goes back to the version before.', ...about };
}

function decidedBy({ verdict }: Recorded['release']): Pick<News, 'decided'> {
  const finding = verdict?.findings.find(({ outcome }) => outcome === verdict.outcome) ?? verdict?.findings[0];
  if (!finding) return {};
  const { metric, measured, limit } = finding;
  return { decided: { metric, ...(measured !== undefined && { measured }), ...(limit !== undefined && { limit }) } };
}

const WITHOUT_ANSWER = {
  approval: 'the release ends and has changed nothing',
  'step-approval': 'it is rolled back',
  promotion: 'it is rolled back',
  decision: 'it is rolled back',
  resume: 'it stays as it is',
  human: 'it tries again by itself',
  window: 'it goes on when the windows open',
} as const satisfies Record<Waiting['for'], string>;

function afterQuestion({ for: what, answers, deadlineInMs }: Waiting, { window }: Recorded['release']): string {
  const opens = what === 'window' ? window?.changesAt : undefined;
  const within = deadlineInMs === undefined ? '' : ` within ${plural(Math.round(deadlineInMs / 60_000), 'minute')}`;
  const when = opens === undefined ? within : ` (${new Date(opens).toISOString()})`;
  return `Possible answers: ${answers.join(', ')}. Without an answer${when} ${WITHOUT_ANSWER[what]}.`;
}
