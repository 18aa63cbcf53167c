import type { Toolset } from '../../commands/toolset.ts';
import { queueChange } from './queue-change.ts';
import { queueList } from './queue-list.ts';

export const releaseQueue: Toolset = {
  name: 'release-queue',
  onRequest: true,
  about: 'The releases that wait until the target is free: their order, and what holds them',
  guidance:
    'A release with when_busy queue waits in the queue of its target (release_queue_*) while another one runs; with supersede the running one is rolled back first. After a release that did not succeed the queue holds until release_queue_resume.',
  commands: [
    queueList,
    queueChange({
      change: 'move',
      title: 'Move a release in the queue',
      description: 'Gives a release that waits another position. Positions beyond the end mean the end.',
      kind: 'write',
      input: 'place',
      done: 'Moved.',
      example: { entry: 'ci-4711', position: 1 },
    }),
    queueChange({
      change: 'remove',
      title: 'Take a release out of the queue',
      description: 'Takes a release out that waits. It starts no more; the same request is not queued again.',
      kind: 'write',
      input: 'entry',
      done: 'Taken out.',
      example: { entry: 'ci-4711' },
    }),
    queueChange({
      change: 'clear',
      title: 'Empty the queue',
      description: 'Takes all releases out that wait for the target. Needs confirm: the release id.',
      kind: 'destructive',
      input: 'all',
      done: 'Emptied. A release that was being started stays.',
      example: { confirm: 'release/prod/shop/web' },
    }),
    queueChange({
      change: 'resume',
      title: 'Let the queue go on',
      description:
        'Starts the next release although the one before did not succeed. A queue that does not hold goes on anyway.',
      kind: 'write',
      input: 'plain',
      done: 'The queue goes on.',
      example: {},
    }),
  ],
  rights: [],
  resources: [],
  prompts: [],
  checks: {},
  settings: {},
};
