import type { SearchAttributePair } from '@temporalio/common';
import type { Client, WorkflowExecutionInfo, WorkflowUpdateHandle } from '@temporalio/client';
import type { QueryDefinition, SignalDefinition, UpdateDefinition } from '@temporalio/common';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TemporalLink } from './connection.ts';
import { isInvalid, isTimeout, unlessMissing } from './failure.ts';
import { toRun, type Run } from './run.ts';
import { taskFailure } from './task-failure.ts';
import { registerAttributes } from './search-attributes.ts';

const PAGE = 200;

/** What the gateway needs to know about a workflow type. */
export interface WorkflowType<View> {
  readonly name: string;
  /** The query that returns the whole state. */
  readonly query: QueryDefinition<View>;
}

export interface StartWorkflow {
  readonly id: string;
  readonly args: readonly unknown[];
  readonly attributes: SearchAttributePair[];
  readonly memo: Readonly<Record<string, unknown>>;
  /** One line, and Markdown, for the Temporal UI. */
  readonly summary: string;
  readonly details: string;
}

export interface SendUpdate<Args extends [unknown]> {
  readonly args: Args;
  readonly updateId: string;
  /** Time until the workflow has accepted it. */
  readonly acceptMs: number;
  /** Time until its result is available. After that the result is undefined. */
  readonly resultMs: number;
}

/**
 * The runs of one workflow type. One id has at most one open run. There is no method to terminate a run, because a run
 * that is ended from outside leaves its effects behind. Errors are the Temporal client's own, see failure.ts.
 */
export interface Workflows<View> {
  /** Returns the id of the first run. Registers search attributes that the server does not have. */
  start(start: StartWorkflow): Promise<string>;
  /** The latest run, or the run with `runId`. Undefined if there is none. */
  describe(id: string, limitMs?: number, runId?: string): Promise<Run | undefined>;
  query(id: string, limitMs: number, runId?: string): Promise<View>;
  /**
   * Returns undefined if the update was accepted but has no result within `resultMs`. Throws the error with which the
   * workflow refused it.
   */
  update<R, A extends [unknown]>(
    id: string,
    definition: UpdateDefinition<R, A>,
    send: SendUpdate<A>,
  ): Promise<{ readonly result: R } | undefined>;
  /** As `update`. It starts the run first if none is open. */
  updateWithStart<R, A extends [unknown]>(
    start: StartWorkflow,
    definition: UpdateDefinition<R, A>,
    send: SendUpdate<A>,
  ): Promise<{ readonly result: R } | undefined>;
  /** As `signal`. It starts the run first if none is open, so it needs no worker. */
  signalWithStart<A extends [unknown]>(
    start: StartWorkflow,
    definition: SignalDefinition<A>,
    args: A,
    limitMs: number,
  ): Promise<void>;
  signal<A extends [unknown]>(id: string, definition: SignalDefinition<A>, args: A, limitMs: number): Promise<void>;
  /**
   * Requests the workflow to end after its own cleanup. It works where signals and updates have reached their limits.
   */
  cancel(id: string, limitMs: number): Promise<void>;
  /**
   * Lists runs that match further clauses of a visibility query, in the server's order, until `take` returns false. The
   * list comes from the visibility store, so it is up to a second late.
   */
  list(clauses: readonly string[], take: (info: WorkflowExecutionInfo) => boolean): Promise<void>;
  /** The run that continues the run with `runId` as new. Undefined if Temporal does not have its last event. */
  continuedIn(id: string, runId: string, limitMs: number): Promise<string | undefined>;
  /** The error with which the latest run failed. Undefined when it did not fail. */
  failureOf(id: string, limitMs: number): Promise<unknown>;
  /** Why workers fail at the present workflow task of the run. Undefined if they do not. */
  taskFailure(id: string, runId: string, limitMs: number): Promise<string | undefined>;
}

export function workflows<View>(
  link: TemporalLink,
  taskQueue: string,
  { name, query }: WorkflowType<View>,
): Workflows<View> {
  return {
    start: (options) => registered(link, () => start(link, taskQueue, name, options)),
    describe: (id, limitMs, runId) =>
      link.call((client) => unlessMissing(client.workflow.getHandle(id, runId).describe().then(toRun)), limitMs),
    query: (id, limitMs, runId) => link.raw((client) => client.workflow.getHandle(id, runId).query(query), limitMs),
    update: (id, definition, send) => update(link, id, definition, send),
    updateWithStart: (begin, definition, send) =>
      registered(link, () => updateWithStart(link, optionsOf(taskQueue, begin), name, definition, send)),
    signalWithStart: (begin, definition, args, limitMs) =>
      registered(link, () =>
        link.raw(async (client) => {
          const options = { ...optionsOf(taskQueue, begin), signal: definition, signalArgs: args };
          await client.workflow.signalWithStart(name, options as never);
        }, limitMs),
      ),
    signal: (id, definition, args, limitMs) =>
      link.raw((client) => client.workflow.getHandle(id).signal(definition, ...args), limitMs),
    cancel: (id, limitMs) => link.raw(async (client) => void (await client.workflow.getHandle(id).cancel()), limitMs),
    list: (clauses, take) =>
      link.call(async (client) => {
        const query = [`WorkflowType = '${name}'`, ...clauses].join(' AND ');
        for await (const info of client.workflow.list({ query, pageSize: PAGE })) if (!take(info)) break;
      }),
    continuedIn: (id, runId, limitMs) => link.call((client) => continuedIn(client, id, runId), limitMs),
    failureOf: (id, limitMs) =>
      link.raw(
        (client) =>
          client.workflow
            .getHandle(id)
            .result()
            .then(
              () => undefined,
              (error: unknown) => error,
            ),
        limitMs,
      ),
    taskFailure: (id, runId, limitMs) => link.raw((client) => taskFailure(client, id, runId), limitMs),
  };
}

/** Temporal's filter for the last event of a closed run alone (temporal.api.enums.v1.HistoryEventFilterType). */
const CLOSE_EVENT = 2;

async function continuedIn({ workflowService, options }: Client, workflowId: string, runId: string) {
  const { history } = await workflowService.getWorkflowExecutionHistory({
    namespace: options.namespace,
    execution: { workflowId, runId },
    historyEventFilterType: CLOSE_EVENT,
  });
  return history?.events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? undefined;
}

async function start(link: TemporalLink, taskQueue: string, type: string, begin: StartWorkflow): Promise<string> {
  const handle = await link.raw((client) =>
    client.workflow.start(type, { ...optionsOf(taskQueue, begin), workflowIdConflictPolicy: 'FAIL' }),
  );
  return handle.firstExecutionRunId;
}

function optionsOf(taskQueue: string, { id, args, attributes, memo, summary, details }: StartWorkflow) {
  return {
    workflowId: id,
    taskQueue,
    args: [...args],
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    typedSearchAttributes: attributes,
    memo: { ...memo },
    staticSummary: summary,
    staticDetails: details,
  } as const;
}

/** The server needs a while until a search attribute that was just registered is usable. */
async function registered<T>(link: TemporalLink, begin: () => Promise<T>): Promise<T> {
  const lacks = (error: unknown) =>
    isInvalid(error) && /search attribute/i.test(String((error as Error).cause ?? error));
  try {
    return await begin();
  } catch (error) {
    if (!lacks(error)) throw error;
  }
  const { namespace } = await link.settings();
  await link.call((_, connection) => registerAttributes(connection, namespace));
  for (let attempt = 1; ; attempt += 1) {
    await sleep(250 * attempt);
    const begun = await begin()
      .then((value) => ({ value }))
      .catch((error: unknown) => (isInvalid(error) && attempt < 6 ? undefined : Promise.reject(error as Error)));
    if (begun) return begun.value;
  }
}

async function update<R, A extends [unknown]>(
  link: TemporalLink,
  id: string,
  definition: UpdateDefinition<R, A>,
  { args, updateId, acceptMs, resultMs }: SendUpdate<A>,
): Promise<{ readonly result: R } | undefined> {
  const options = { args, updateId, waitForStage: 'ACCEPTED' } as const;
  const sent = await link.raw(
    (client) => client.workflow.getHandle(id).startUpdate(definition, options as never),
    acceptMs,
  );
  return resultOf(link, sent, resultMs);
}

async function updateWithStart<R, A extends [unknown]>(
  link: TemporalLink,
  begin: ReturnType<typeof optionsOf>,
  type: string,
  definition: UpdateDefinition<R, A>,
  { args, updateId, acceptMs, resultMs }: SendUpdate<A>,
): Promise<{ readonly result: R } | undefined> {
  const { WithStartWorkflowOperation } = await import('@temporalio/client');
  const startWorkflowOperation = new WithStartWorkflowOperation(type, {
    ...begin,
    workflowIdConflictPolicy: 'USE_EXISTING',
  });
  const options = { args, updateId, waitForStage: 'ACCEPTED', startWorkflowOperation } as const;
  const sent = await link.raw((client) => client.workflow.startUpdateWithStart(definition, options as never), acceptMs);
  return resultOf(link, sent as WorkflowUpdateHandle<unknown>, resultMs);
}

/** Undefined if the result is not there within `resultMs`. */
async function resultOf<R>(
  link: TemporalLink,
  sent: WorkflowUpdateHandle<unknown>,
  resultMs: number,
): Promise<{ readonly result: R } | undefined> {
  try {
    return { result: (await link.raw(() => sent.result(), Math.max(1, resultMs))) as R };
  } catch (error) {
    if (isTimeout(error)) return undefined;
    throw error;
  }
}
