import { image as imageSchema } from '../../../contract/image.ts';
import type { PromptKind } from '../../../commands/prompt.ts';
import { cluster, images, namespace, rollout } from '../../../commands/prompt-arguments.ts';
import { Variable, stepsText, type Step } from '../../../commands/prompt-steps.ts';

/** The way to bring out a new version: plan, show the plan, start, wait, answer. */
export const releasePrompt: PromptKind = {
  name: 'release',
  title: 'Release a new version',
  description:
    'Plans a release, shows the plan to the person, starts it when they agree, waits for it and takes its questions to them.',
  arguments: [
    namespace,
    rollout,
    { name: 'image', description: 'The new image.', required: true, schema: imageSchema, complete: images },
    cluster,
  ],
  text: ({ namespace: space, name, image, cluster: context }) =>
    stepsText(`Release ${image} to the Rollout ${space}/${name}.`, MORE, [
      ...planned({ ...(context ? { cluster: context } : {}), namespace: space, rollout: name }, image),
      ...followed(),
    ]),
};

const MORE = [
  'Before step 2 show the person the whole text of the plan, and go on only when they agree.',
  'Before you promote or approve, tell the person what the release has measured, and go on only when they agree.',
  'The release judges each step and rolls a bad version back by itself, also when you are gone.',
];

function planned(target: object, image: string | undefined): readonly Step[] {
  return [
    {
      id: 'plan',
      title: 'See what the release would do. This changes nothing',
      tool: 'release_plan',
      args: { target, image },
      capture: { plan_id: 'PLAN' },
      when: [['`ready` is false', { stop: 'tell the person which checks failed, and what each says to do next' }]],
    },
    {
      id: 'start',
      title: 'Start what the person has agreed to',
      tool: 'release_start',
      args: { plan_id: new Variable('PLAN') },
      capture: { release_id: 'RELEASE' },
      errors: {
        PLAN_CHANGED: { go: 'plan' },
        PLAN_EXPIRED: { go: 'plan' },
        TARGET_BUSY: { stop: 'another release runs there; tell the person its id' },
      },
    },
  ];
}

const OF_RELEASE = { release_id: new Variable('RELEASE') };

function followed(): readonly Step[] {
  return [
    {
      id: 'wait',
      title: 'Wait until it ends or asks',
      tool: 'release_wait',
      args: { ...OF_RELEASE, timeout_seconds: 50 },
      when: [
        ['`state` is "succeeded"', { done: 'tell the person that all users are on the new version' }],
        ['`closed_at` is present', { done: 'tell the person how it ended, and `reason`' }],
        ['`waiting.for` is "promotion"', { go: 'promote' }],
        ['`waiting.for` is "approval"', { go: 'approve' }],
        [
          '`waiting` is present',
          {
            stop: 'tell the person `reason` and `waiting.answers`. When they have chosen one, call the tool of that answer and take this step again',
          },
        ],
      ],
      until: { condition: '`closed_at` is present', everySeconds: 1, atMostSeconds: 86_400 },
    },
    {
      id: 'promote',
      title: 'The step has passed, and the person has agreed to the next one',
      tool: 'release_promote',
      args: OF_RELEASE,
      then: { go: 'wait' },
    },
    {
      id: 'approve',
      title: 'The person who may approve it has agreed',
      tool: 'release_approve',
      args: OF_RELEASE,
      then: { go: 'wait' },
    },
  ];
}
