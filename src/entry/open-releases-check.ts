import { readFile } from 'node:fs/promises';
import type * as Library from '@temporalio/worker';
import { finding, type Finding } from '../commands/doctor-check.ts';
import type { Settings } from '../config/schema.ts';
import { loadTemporalSettings } from '../config/temporal.ts';
import { plural } from '../domain/plural.ts';
import { cleanText } from '../domain/safe-text.ts';
import { createLink, type TemporalLink } from '../temporal/connection.ts';
import { unlessMissing } from '../temporal/failure.ts';
import type { ReleaseGateway } from '../temporal/gateway.ts';
import { workflowBundle } from './workflow-bundle.ts';

/** So many open releases are replayed, the newest first. */
const REPLAYED = 10;

/**
 * Whether the workflow code of this version carries on the releases that are open, whichever version began them. Their
 * histories are read and replayed here; nothing is sent. The code is bundled first where no worker of this version has
 * done it in `home`, which takes some seconds. `load`: the settings of Temporal.
 */
export function historiesCheck(
  { home, taskQueue }: Pick<Settings, 'home' | 'taskQueue'>,
  gateway: Pick<ReleaseGateway, 'list'>,
  load = loadTemporalSettings,
): Promise<Finding> {
  const name = 'open releases';
  return finding(name, async () => {
    const open = await gateway.list({ open: true, taskQueue, limit: REPLAYED });
    if (open.length === 0) return 'none is open';
    const failed = await replay(
      open.map(({ id }) => id),
      await readFile(await workflowBundle(home), 'utf8'),
      load,
    );
    const [first] = failed;
    if (!first) return `the code of this version carries on ${plural(open.length, 'open release')}`;
    const others = failed.length > 1 ? `, and ${plural(failed.length - 1, 'other')}` : '';
    return {
      name,
      state: 'missing',
      detail: `the code of this version cannot carry on ${first.id}${others}: ${first.why}`,
      next: 'Keep the workers that carry them until they have ended, and start none of this version before.',
    };
  });
}

interface Failed {
  readonly id: string;
  readonly why: string;
}

async function replay(
  ids: readonly string[],
  code: string,
  load: typeof loadTemporalSettings,
): Promise<readonly Failed[]> {
  const link = createLink(load);
  try {
    const { Worker } = await quietWorkers();
    const failed: Failed[] = [];
    const results = Worker.runReplayHistories({ workflowBundle: { code } }, histories(link, ids));
    for await (const { workflowId, error } of results)
      if (error) failed.push({ id: workflowId, why: cleanText(error.message, 200) });
    return failed;
  } finally {
    await link.close();
  }
}

/** Failures are the answer of the check, and no lines of a log. */
async function quietWorkers(): Promise<typeof Library> {
  const library = await import('@temporalio/worker');
  const telemetryOptions = { logging: { filter: 'OFF', forward: {} } };
  try {
    library.Runtime.install({ logger: new library.DefaultLogger('ERROR'), telemetryOptions });
  } catch (error) {
    // A process that runs workers too has its runtime already.
    if (!(error instanceof Error) || error.name !== 'IllegalStateError') throw error;
  }
  return library;
}

async function* histories(link: TemporalLink, ids: readonly string[]) {
  for (const workflowId of ids) {
    // A run that has gone since the list was read has nothing to replay.
    const history = await link.call((client) => unlessMissing(client.workflow.getHandle(workflowId).fetchHistory()));
    if (history) yield { workflowId, history };
  }
}
