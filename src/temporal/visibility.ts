import type { WorkflowExecutionInfo } from '@temporalio/client';
import type { ReleaseState } from '../domain/release/state.ts';
import { isClosed, RELEASE_STATES } from '../domain/release/state.ts';
import { parseReleaseId } from '../domain/release/target.ts';
import type { ReleaseFilter, ReleaseSummary } from './gateway.ts';
import { ATTRIBUTES } from './search-attributes.ts';

/** A string literal of the visibility query language. */
export function literal(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** The visibility query of a filter. What it cannot say (a namespace in any cluster) is left to `matches`. */
export function queryOf(filter: ReleaseFilter): string {
  const clauses = [`WorkflowType = 'release'`];
  if (filter.state) clauses.push(`${ATTRIBUTES.state.name} = ${literal(filter.state)}`);
  if (filter.open) clauses.push(`ExecutionStatus = 'Running'`);
  if (filter.taskQueue) clauses.push(`TaskQueue = ${literal(filter.taskQueue)}`);
  const { cluster, namespace, rollout } = filter;
  if (cluster && namespace && rollout)
    clauses.push(`${ATTRIBUTES.target.name} = ${literal(`${cluster}/${namespace}/${rollout}`)}`);
  else if (cluster)
    clauses.push(`${ATTRIBUTES.target.name} STARTS_WITH ${literal(`${cluster}/${namespace ? `${namespace}/` : ''}`)}`);
  return clauses.join(' AND ');
}

/** The rest of a filter. */
export function matches(filter: ReleaseFilter, id: string): boolean {
  const target = parseReleaseId(id);
  if (!target) return false;
  return (['cluster', 'namespace', 'rollout'] as const).every(
    (part) => filter[part] === undefined || filter[part] === target[part],
  );
}

type Run = Pick<WorkflowExecutionInfo, 'workflowId' | 'runId' | 'status' | 'startTime' | 'typedSearchAttributes'> & {
  readonly closeTime?: Date | undefined;
};

export function toSummary(info: Run): ReleaseSummary {
  const value = (key: (typeof ATTRIBUTES)[keyof typeof ATTRIBUTES]): string =>
    info.typedSearchAttributes.get(key) ?? '';
  return {
    id: info.workflowId,
    runId: info.runId,
    state: stateOf(value(ATTRIBUTES.state), info.status.name),
    strategy: value(ATTRIBUTES.strategy),
    version: value(ATTRIBUTES.version),
    startedBy: value(ATTRIBUTES.startedBy),
    startedAt: info.startTime.getTime(),
    ...(info.closeTime ? { closedAt: info.closeTime.getTime() } : {}),
  };
}

/** A run that was terminated or failed never wrote its last state: only a human can tell what became of its traffic. */
export function stateOf(attribute: string, status: string): ReleaseState {
  const state = RELEASE_STATES.find((known) => known === attribute) ?? 'failed-needs-human';
  return status === 'RUNNING' || isClosed(state) ? state : 'failed-needs-human';
}
