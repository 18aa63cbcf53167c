import type { SearchAttributePair } from '@temporalio/common';
import type { WorkflowExecutionInfo } from '@temporalio/client';
import type { QueryDefinition, SignalDefinition, UpdateDefinition } from '@temporalio/common';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TemporalLink } from './connection.ts';
import { isInvalid, isMissing, isTimeout } from './failure.ts';
import { toRun, type Run } from './run.ts';
import { registerAttributes } from './search-attributes.ts';

const PAGE = 200;

/** What the gateway has to know of a workflow type. */
export interface WorkflowType<View> {
  readonly name: string;
  /** The query that answers the whole state. */
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
  /** Until the workflow has taken it. */
  readonly acceptMs: number;
  /** Until its result is there; undefined is answered after that. */
  readonly resultMs: number;
}

/**
 * The runs of one workflow type. One id has at most one open run. There is no way to terminate: a run that is ended
 * from outside leaves its effects behind. Errors are the Temporal client's own, see failure.ts.
 */
export interface Workflows<View> {
  /** The id of the first run. Registers search attributes that the server does not know. */
  start(start: StartWorkflow): Promise<string>;
  /** The latest run, or the run named; undefined: there is none. */
  describe(id: string, limitMs?: number, runId?: string): Promise<Run | undefined>;
  query(id: string, limitMs: number, runId?: string): Promise<View>;
  /** Undefined: taken, but without a result within `resultMs`. Throws what the workflow refused it with. */
  update<R, A extends [unknown]>(
    id: string,
    definition: UpdateDefinition<R, A>,
    send: SendUpdate<A>,
  ): Promise<{ readonly result: R } | undefined>;
  signal<A extends [unknown]>(id: string, definition: SignalDefinition<A>, args: A, limitMs: number): Promise<void>;
  /** Asks the workflow to end after its own cleanup. Works where signals and updates have met their limits. */
  cancel(id: string, limitMs: number): Promise<void>;
  /**
   * Runs that match further clauses of a visibility query, in the server's order, until `take` answers false. From the
   * visibility store, so up to a second late.
   */
  list(clauses: readonly string[], take: (info: WorkflowExecutionInfo) => boolean): Promise<void>;
  /** The error with which the latest run failed; undefined when it did not. */
  failureOf(id: string, limitMs: number): Promise<unknown>;
}

export function workflows<View>(
  link: TemporalLink,
  taskQueue: string,
  { name, query }: WorkflowType<View>,
): Workflows<View> {
  return {
    start: (options) => startRegistered(link, () => start(link, taskQueue, name, options)),
    describe: (id, limitMs, runId) =>
      link.call(
        (client) =>
          client.workflow
            .getHandle(id, runId)
            .describe()
            .then(toRun)
            .catch((error: unknown) => (isMissing(error) ? undefined : Promise.reject(error as Error))),
        limitMs,
      ),
    query: (id, limitMs, runId) => link.raw((client) => client.workflow.getHandle(id, runId).query(query), limitMs),
    update: (id, definition, send) => update(link, id, definition, send),
    signal: (id, definition, args, limitMs) =>
      link.raw((client) => client.workflow.getHandle(id).signal(definition, ...args), limitMs),
    cancel: (id, limitMs) => link.raw(async (client) => void (await client.workflow.getHandle(id).cancel()), limitMs),
    list: (clauses, take) =>
      link.call(async (client) => {
        const query = [`WorkflowType = '${name}'`, ...clauses].join(' AND ');
        for await (const info of client.workflow.list({ query, pageSize: PAGE })) if (!take(info)) break;
      }),
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
  };
}

async function start(
  link: TemporalLink,
  taskQueue: string,
  type: string,
  { id, args, attributes, memo, summary, details }: StartWorkflow,
): Promise<string> {
  const handle = await link.raw((client) =>
    client.workflow.start(type, {
      workflowId: id,
      taskQueue,
      args: [...args],
      workflowIdConflictPolicy: 'FAIL',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      typedSearchAttributes: attributes,
      memo: { ...memo },
      staticSummary: summary,
      staticDetails: details,
    }),
  );
  return handle.firstExecutionRunId;
}

/** The server takes a while to know a search attribute that was just registered. */
async function startRegistered(link: TemporalLink, begin: () => Promise<string>): Promise<string> {
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
    const runId = await begin().catch((error: unknown) =>
      isInvalid(error) && attempt < 6 ? undefined : Promise.reject(error as Error),
    );
    if (runId !== undefined) return runId;
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
  try {
    return { result: (await link.raw(() => sent.result(), Math.max(1, resultMs))) as R };
  } catch (error) {
    if (isTimeout(error)) return undefined;
    throw error;
  }
}
