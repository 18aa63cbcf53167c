import { WEIGHTED } from '../../../domain/argo-strategies.ts';
import { isHostname } from '../../../domain/route/rule.ts';
import { image } from '../../../contract/image.ts';
import { z } from 'zod';
import * as known from '../../../commands/prompt-arguments.ts';
import type { PromptKind } from '../../../commands/prompt.ts';
import { backToStable } from './rollback-steps.ts';
import { Variable, stepsText, withConfirmation, withTakeOver, type Step } from '../../../commands/prompt-steps.ts';

type Place = Readonly<Record<string, string>>;

const hostname = z.string().refine(isHostname, 'must be a DNS name in lower case, as in api.example.com').optional();

export const progressiveCanary: PromptKind = {
  name: 'progressive_canary',
  title: 'Progressive canary',
  description:
    'Brings a new image to all users of a canary Rollout step by step, looks at errors and traffic at each step, and takes it back when it is bad. Makes the Rollout and its route when they are missing.',
  needs: ['traefik'],
  arguments: [
    known.namespace,
    known.rollout,
    { name: 'image', description: 'The new image.', required: true, schema: image, complete: known.images },
    known.optional('stable_image', 'To make a missing Rollout: the image in use.', image.optional(), known.images),
    known.optional('hostname', 'To make a Rollout that is missing: the host that its route answers.', hostname),
    known.optional(
      'native_lb',
      "To make a Rollout that is missing: true sends requests to the Services' own addresses.",
      z.enum(['true', 'false']).optional(),
      () => Promise.resolve(['true', 'false']),
    ),
    known.optional(
      'soak_seconds',
      'How long each step is watched, 10 to 3600. Default 60.',
      known.numberText(10, 3600),
    ),
    known.optional(
      'min_requests',
      'Requests to the new version before a step is judged. Default 100.',
      known.numberText(1, 1_000_000),
    ),
    known.cluster,
  ],
  text({
    namespace = '',
    name = '',
    image: wanted = '',
    cluster,
    stable_image,
    hostname: host,
    native_lb,
    soak_seconds = '60',
    min_requests = '100',
  }) {
    const place = { ...(cluster === undefined ? {} : { cluster }), namespace };
    const made =
      stable_image !== undefined && host !== undefined
        ? making(place, name, { image: stable_image, hostname: host, nativeLb: native_lb === 'true' })
        : [];
    const steps = [
      ...look(place, name, made.length > 0),
      ...made,
      ...protect(place, name),
      ...shift(place, name, wanted),
      ...judge(place, name, Number(soak_seconds), Number(min_requests)),
    ];
    return stepsText(`Bring ${wanted} to all users of ${namespace}/${name}, step by step.`, MORE, [
      ...steps,
      ...finish(place, name, wanted),
      ...backToStable({ place, name, reason: 'the new version answers with too many errors' }),
    ]);
  },
};

const MORE = [
  'A release (release_start) does all of this by itself, with better statistics, and goes on when you are gone: prefer it where Temporal runs.',
  'Argo writes the weights here: never call traefik_update_route_weights, and never delete the route, which stays in use.',
];

function look(place: Place, name: string, makes: boolean): readonly Step[] {
  return [
    {
      id: 'look',
      title: 'Look at the Rollout',
      tool: 'argo_get_rollout_status',
      args: { ...place, name },
      errors: {
        ROLLOUT_NOT_FOUND: makes
          ? { go: 'services' }
          : { stop: 'to make it, ask for this prompt again with stable_image and hostname' },
      },
      when: [
        ['`release_id` is present', { stop: 'a release is running here; release_get tells how it is doing' }],
        [
          `\`strategy\` is not "${WEIGHTED}"`,
          { stop: 'this is not a canary that splits traffic; release_plan tells what can be done' },
        ],
        [
          '`phase` is not "Healthy"',
          { stop: 'something is under way already, or broken: tell the person `message` and `next`' },
        ],
      ],
      then: { go: 'breaker' },
    },
  ];
}

/** The order is Services, route, Rollout. A route that is created after the promotion sends no user to the canary. */
function making(
  place: Place,
  name: string,
  {
    image: stable,
    hostname: host,
    nativeLb,
  }: { readonly image: string; readonly hostname: string; readonly nativeLb: boolean },
): readonly Step[] {
  const rollout = { ...place, name, image: stable, strategy: WEIGHTED };
  const refused = [['`effective` is "refused"', { stop: 'tell the person `reason` and `next`' }]] as const;
  return [
    {
      id: 'services',
      title: 'Make its two Services',
      tool: 'argo_create_rollout',
      args: { ...rollout, services_only: true },
      when: refused,
    },
    {
      id: 'route',
      title: 'Make the route, all traffic on stable',
      tool: 'traefik_create_weighted_route',
      args: {
        ...place,
        route_name: name,
        hostname: host,
        stable_service: `${name}-stable`,
        canary_service: `${name}-canary`,
        ...(nativeLb ? { native_lb: true } : {}),
      },
      when: refused,
    },
    {
      id: 'create',
      title: 'Make the Rollout with the image in use today',
      tool: 'argo_create_rollout',
      args: rollout,
      when: refused,
    },
    {
      id: 'created',
      title: 'Let it become Healthy',
      tool: 'argo_get_rollout_status',
      args: { ...place, name },
      until: { condition: '`phase` is "Healthy"', everySeconds: 3, atMostSeconds: 300 },
    },
  ];
}

/** Both are on the canary Service only, so that they never block stable. */
function protect(place: Place, name: string): readonly Step[] {
  const add = (id: string, title: string, tool: string, settings: Readonly<Record<string, unknown>>): Step => ({
    id,
    title,
    tool,
    args: { ...place, route_name: name, ...settings },
    when: [['`effective` is "refused"', { stop: 'the canary is not protected; tell the person `reason`' }]],
    until: { condition: '`effective` is "proved"', everySeconds: 3, atMostSeconds: 60 },
  });
  return [
    ...withTakeOver(
      add('breaker', 'Protect users from a canary that fails', 'traefik_add_circuit_breaker', {
        middleware_name: `${name}-breaker`,
        threshold: 0.3,
      }),
      'limit',
    ),
    ...withTakeOver(
      add('limit', 'Protect the canary from more than it can take', 'traefik_add_rate_limiting', {
        middleware_name: `${name}-limit`,
        average: 100,
      }),
      'begin',
    ),
  ];
}

function shift(place: Place, name: string, image: string): readonly Step[] {
  return [
    {
      id: 'begin',
      title: 'Begin with the new image',
      tool: 'argo_update_rollout_image',
      args: { ...place, name, image },
      when: [
        ['`effective` is "refused"', { stop: 'tell the person `reason`' }],
        ['`changed` is false', { done: 'this image is the one in use already' }],
      ],
    },
    {
      id: 'pause',
      title: 'Wait until the step is reached',
      tool: 'argo_get_rollout_status',
      args: { ...place, name },
      when: [
        ['`aborted` is true', { go: 'history' }],
        ['`phase` is "Degraded"', { go: 'abort' }],
        ['`phase` is "Healthy"', { go: 'healthy' }],
      ],
      until: { condition: '`phase` is "Paused"', everySeconds: 3, atMostSeconds: 600 },
      capture: {
        step: 'STEP',
        pod_hash: 'POD_HASH',
        'services[role=stable].name': 'STABLE_SERVICE',
        'services[role=canary].name': 'CANARY_SERVICE',
        'route.traefik_service': 'ROUTE',
      },
    },
  ];
}

function judge(place: Place, name: string, soak: number, least: number): readonly Step[] {
  const errors = '`findings[service=<CANARY_SERVICE>,signal=errors]';
  return [
    {
      id: 'errors',
      title: 'Watch the step, then look at the errors of the new version',
      wait: soak,
      tool: 'traefik_detect_anomalies',
      args: { ...place, route_name: new Variable('ROUTE'), window: `${soak}s` },
      when: [[`${errors}.requests_now\` is at least 20 and ${errors}.share_now\` is more than 0.02`, { go: 'abort' }]],
      until: { condition: `${errors}.requests_now\` is at least ${least}`, everySeconds: 5, atMostSeconds: 600 },
    },
    {
      id: 'share',
      title: 'See that users are split as planned',
      tool: 'traefik_get_traffic_distribution',
      args: { ...place, route_name: new Variable('ROUTE') },
      until: { condition: '`agrees` is "yes"', everySeconds: 5, atMostSeconds: 180 },
    },
    ...withConfirmation(
      {
        id: 'promote',
        title: 'Go to the next step',
        tool: 'argo_promote_rollout',
        args: { ...place, name, step: new Variable('STEP'), pod_hash: new Variable('POD_HASH') },
        when: [['`effective` is "refused"', { stop: 'tell the person `reason` and `next`' }]],
      },
      { go: 'pause' },
    ),
  ];
}

/** Argo sets the weights back to 100/0 by itself. At this point the stable Service has the new version. */
function finish(place: Place, name: string, image: string): readonly Step[] {
  return [
    {
      id: 'healthy',
      title: 'See the new version as the stable one',
      tool: 'argo_get_rollout_status',
      args: { ...place, name },
      until: {
        condition: `\`phase\` is "Healthy" and \`images.*\` is ${JSON.stringify(image)} and \`stable_hash\` is <POD_HASH>`,
        everySeconds: 3,
        atMostSeconds: 180,
      },
    },
    {
      id: 'all',
      title: 'See all users on it',
      tool: 'traefik_get_traffic_distribution',
      args: { ...place, route_name: new Variable('ROUTE'), window_seconds: 30 },
      until: {
        condition:
          '`services[service=<STABLE_SERVICE>].wanted` is 100 and `services[service=<STABLE_SERVICE>].version` is <POD_HASH> and `agrees` is "yes"',
        everySeconds: 5,
        atMostSeconds: 180,
      },
      then: { done: 'tell the person that the new version has all traffic; the route stays' },
    },
  ];
}
