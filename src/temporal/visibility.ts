import type { WorkflowExecutionInfo } from '@temporalio/client';
import { CHAIN_MEMO, STARTED_MEMO } from '../../workflows/messages.ts';
import type { ReleaseState } from '../domain/release/state.ts';
import { CLOSED_STATES, isClosed, RELEASE_STATES } from '../domain/release/state.ts';
import { parseReleaseId } from '../domain/release/target.ts';
import type { ReleaseFilter, ReleaseSummary } from './gateway.ts';
import type { Run } from './run.ts';
import { ATTRIBUTES } from './search-attributes.ts';

/** A string literal of the visibility query language. */
export function literal(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/**
 * The visibility query of a filter. `matches` applies the conditions that it cannot express (a namespace in any
 * cluster).
 */
export function clausesOf(filter: ReleaseFilter): readonly string[] {
  const clauses = [`ExecutionStatus != 'ContinuedAsNew'`];
  if (filter.state) clauses.push(stateClause(filter.state));
  if (filter.open) clauses.push(`ExecutionStatus IN ('Running', 'Paused')`);
  if (filter.taskQueue) clauses.push(`TaskQueue = ${literal(filter.taskQueue)}`);
  const { cluster, namespace, rollout } = filter;
  if (cluster && namespace && rollout)
    clauses.push(`${ATTRIBUTES.target.name} = ${literal(`${cluster}/${namespace}/${rollout}`)}`);
  else if (cluster)
    clauses.push(`${ATTRIBUTES.target.name} STARTS_WITH ${literal(`${cluster}/${namespace ? `${namespace}/` : ''}`)}`);
  return clauses;
}

/** The condition of `stateOf` as a clause: a run that no longer acts needs a human, whatever its attribute says. */
function stateClause(state: ReleaseState): string {
  const { name } = ATTRIBUTES.state;
  const same = `${name} = ${literal(state)}`;
  if (isClosed(state)) return same;
  if (state !== 'failed-needs-human') return `${same} AND ExecutionStatus = 'Running'`;
  const closed = CLOSED_STATES.map((one) => literal(one)).join(', ');
  return `(${same} OR ${name} IS NULL OR (ExecutionStatus != 'Running' AND ${name} NOT IN (${closed})))`;
}

/** Applies the conditions of a filter that are not in the query. */
export function matches(filter: ReleaseFilter, id: string): boolean {
  const target = parseReleaseId(id);
  if (!target) return false;
  return (['cluster', 'namespace', 'rollout'] as const).every(
    (part) => filter[part] === undefined || filter[part] === target[part],
  );
}

type Listed = Pick<WorkflowExecutionInfo, 'workflowId' | 'runId' | 'memo' | 'startTime' | 'typedSearchAttributes'> & {
  readonly status: Run['status'] | WorkflowExecutionInfo['status'];
  readonly closeTime?: Date | undefined;
};

/** The run id under which every interface knows the release. A reset does not change it. */
export function chainRunOf({ runId, memo }: Pick<Run, 'runId' | 'memo'>): string {
  const first = memo?.[CHAIN_MEMO];
  return typeof first === 'string' ? first : runId;
}

/** When the release was started, epoch ms. A run that continues an earlier one has begun later. */
export function startedAtOf({ startTime, memo }: Pick<Run, 'startTime' | 'memo'>): number {
  const started = memo?.[STARTED_MEMO];
  return typeof started === 'number' ? started : startTime.getTime();
}

export function toSummary(info: Listed): ReleaseSummary {
  const value = (key: (typeof ATTRIBUTES)[keyof typeof ATTRIBUTES]): string =>
    info.typedSearchAttributes.get(key) ?? '';
  return {
    id: info.workflowId,
    runId: chainRunOf(info),
    state: stateOf(value(ATTRIBUTES.state), typeof info.status === 'string' ? info.status : info.status.name),
    strategy: value(ATTRIBUTES.strategy),
    version: value(ATTRIBUTES.version),
    startedBy: value(ATTRIBUTES.startedBy),
    startedAt: startedAtOf(info),
    ...(info.closeTime ? { closedAt: info.closeTime.getTime() } : {}),
  };
}

/**
 * A run that was terminated or failed never wrote its last state, and a run that is paused in Temporal decides nothing.
 * Only a human can find out where its traffic is.
 */
export function stateOf(attribute: string, status: string): ReleaseState {
  const state = RELEASE_STATES.find((known) => known === attribute) ?? 'failed-needs-human';
  return status === 'RUNNING' || isClosed(state) ? state : 'failed-needs-human';
}
