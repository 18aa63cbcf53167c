import { z } from 'zod';
import { parse } from '../../contract/parse.ts';
import { rolloutFields } from '../../contract/place.ts';
import { compact } from '../../contract/release-view.ts';
import { isAllowed } from '../../commands/access.ts';
import type { Command, CommandSettings } from '../../commands/command.ts';
import { targetOf, wordsOf } from './build-words.ts';

/** Runs that a row names. */
const NAMED = 20;

const input = z.strictObject({
  namespace: rolloutFields.namespace.optional().describe('Name only the runs of targets there.'),
});
const row = z.strictObject({
  build: z.string(),
  state: z.string().describe('current: takes new releases. draining: only carries its open runs. drained: has none.'),
  workers: z.number().int().describe('That polled lately.'),
  open_runs: z.number().int(),
  runs: z.array(z.string()).describe(`Their ids, at most ${NAMED}: those of targets that the caller may see.`),
  first_seen: z.string().optional(),
  detail: z.string(),
});
const output = z.strictObject({ builds: z.array(row), next: z.string() });

const NONE =
  'No worker with a build has polled the task queue: worker versioning is off, and any worker carries any release.';

export const workerVersionList: Command<typeof input, typeof output> = {
  name: 'worker_version_list',
  title: 'Builds of the worker',
  description:
    'The builds of the worker on the task queue: which takes new releases, how many workers each has, and the open runs that need it.',
  kind: 'read',
  idempotent: true,
  toolset: 'worker-version',
  input,
  output,
  examples: [{ title: 'Before the workers of an old build are stopped', input: {} }],
  check: (raw) => parse(input, raw ?? {}),
  async run({ gateway, settings }, { namespace }) {
    const builds = await gateway.builds.list();
    return {
      builds: builds.map((one) =>
        compact({
          ...{ build: one.build, state: one.state, workers: one.pollers, open_runs: one.runs.length },
          runs: one.runs.filter((run) => maySee(run, settings, namespace)).slice(0, NAMED),
          first_seen: one.since === undefined ? undefined : new Date(one.since).toISOString(),
          detail: wordsOf(one),
        }),
      ),
      next: builds.length === 0 ? NONE : 'worker_version_activate gives new releases to another build.',
    };
  },
  text: ({ builds, next }) =>
    builds.length === 0
      ? next
      : builds.flatMap(({ build, state, detail, runs }) => [`${build} (${state}): ${detail}`, ...runs]).join('\n'),
};

function maySee(run: string, settings: CommandSettings, wanted?: string): boolean {
  const namespace = targetOf(run)?.namespace;
  if (namespace === undefined) return wanted === undefined;
  return (wanted === undefined || namespace === wanted) && isAllowed(namespace, settings);
}
