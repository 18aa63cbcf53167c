import { SWITCHED } from '../../../domain/argo-strategies.ts';
import { reason } from '../../../contract/target.ts';
import * as known from '../../../commands/prompt-arguments.ts';
import type { PromptKind } from '../../../commands/prompt.ts';
import { backToStable, type RollbackPlace } from './rollback-steps.ts';
import { Variable, stepsText, withConfirmation, type Step } from '../../../commands/prompt-steps.ts';

export const emergencyRollback: PromptKind = {
  name: 'emergency_rollback',
  title: 'Emergency rollback',
  description:
    'Takes a bad new version off the traffic at once, in the order that loses no request, and leaves the Rollout Healthy on its stable version.',
  needs: ['traefik'],
  arguments: [
    known.namespace,
    known.rollout,
    known.optional('reason', 'What is wrong with the new version; kept in the record.', reason.optional()),
    known.cluster,
  ],
  text({ namespace = '', name = '', cluster, reason: why = 'emergency rollback' }) {
    const place = { ...(cluster === undefined ? {} : { cluster }), namespace };
    return stepsText(`Roll back ${namespace}/${name} now.`, MORE, [
      ...look(place, name),
      ...ofRelease({ place, name, reason: why }),
      ...weightsFirst(place, name),
      ...backToStable({ place, name, reason: why }),
    ]);
  },
};

const MORE = [
  'Never delete the route, and never write weights of a canary: Argo does that.',
  `The order matters for ${SWITCHED}: weights to the active Service first, then the abort, which takes the pods of the preview away.`,
];

function look(place: Readonly<Record<string, string>>, name: string): readonly Step[] {
  return [
    {
      id: 'look',
      title: 'Look at the Rollout',
      tool: 'argo_get_rollout_status',
      args: { ...place, name },
      capture: { 'services[0].name': 'STABLE_SERVICE', 'route.traefik_service': 'ROUTE' },
      when: [
        ['`release_id` is present', { go: 'release' }],
        [
          '`phase` is "Healthy"',
          {
            stop: 'nothing is being rolled out, so there is nothing to abort. If the version in use is bad itself: argo_get_rollout_history shows older images, and argo_update_rollout_image sets one',
          },
        ],
        [`\`strategy\` is "${SWITCHED}" and \`route.traefik_service\` is present`, { go: 'weights' }],
        ['`aborted` is true', { go: 'history' }],
      ],
      then: { go: 'abort' },
    },
  ];
}

/**
 * A running release owns its Rollout and performs the steps in the right order itself, so the abort is forwarded to it.
 */
function ofRelease({ place, name, reason }: RollbackPlace): readonly Step[] {
  return [
    ...withConfirmation(
      {
        id: 'release',
        title: 'A release is running: it rolls back itself',
        tool: 'argo_abort_rollout',
        args: { ...place, name, reason },
        when: [['`effective` is "refused"', { stop: 'tell the person `reason`' }]],
      },
      { go: 'released' },
    ),
    {
      id: 'released',
      title: 'Wait for its end',
      tool: 'argo_get_rollout_status',
      args: { ...place, name },
      until: { condition: '`release_id` is absent and `phase` is "Healthy"', everySeconds: 5, atMostSeconds: 600 },
      then: { done: 'tell the person that the release has rolled back, and why' },
    },
  ];
}

function weightsFirst(place: Readonly<Record<string, string>>, name: string): readonly Step[] {
  return [
    {
      id: 'weights',
      title: `With ${SWITCHED}: first all weight to the active Service`,
      tool: 'traefik_update_route_weights',
      args: { ...place, route_name: new Variable('ROUTE'), stable_weight: 100, canary_weight: 0, take_over: true },
      when: [
        [
          '`effective` is "refused"',
          {
            stop: `the weights could not be written; tell the person \`reason\`, and do not abort ${name} before they are at 100/0`,
          },
        ],
      ],
      until: { condition: '`effective` is "proved"', everySeconds: 3, atMostSeconds: 60 },
    },
  ];
}
