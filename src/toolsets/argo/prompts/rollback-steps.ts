import { Variable, withConfirmation, type Step } from '../../../commands/prompt-steps.ts';

export interface RollbackPlace {
  readonly place: Readonly<Record<string, string>>;
  readonly name: string;
  readonly reason: string;
}

/** The steps from an abort to a Healthy Rollout on its stable version. The reader has noted STABLE_SERVICE before. */
export function backToStable({ place, name, reason }: RollbackPlace): readonly Step[] {
  const rollout = { ...place, name };
  return [
    ...withConfirmation(
      {
        id: 'abort',
        title: 'Take all traffic off the new version',
        tool: 'argo_abort_rollout',
        args: { ...rollout, reason },
        when: [['`effective` is "refused"', { stop: 'nothing was aborted; tell the person `reason` and `next`' }]],
        until: { condition: '`effective` is "proved"', everySeconds: 3, atMostSeconds: 60 },
      },
      { go: 'history' },
    ),
    ...restored(rollout),
    ...seenStable(place, rollout),
  ];
}

function restored(rollout: Step['args']): readonly Step[] {
  return [
    {
      id: 'history',
      title: 'Find the stable image',
      tool: 'argo_get_rollout_history',
      args: rollout,
      capture: { 'revisions[role=stable].images.*': 'STABLE_IMAGE' },
    },
    {
      id: 'restore',
      title:
        'Put the stable image back, which makes the Rollout Healthy (a pod of several containers needs this call once for each, with `container`)',
      tool: 'argo_update_rollout_image',
      args: { ...rollout, image: new Variable('STABLE_IMAGE') },
      when: [
        [
          '`effective` is "refused"',
          { stop: 'traffic is back, but the Rollout still has the bad image; tell the person `reason`' },
        ],
      ],
    },
  ];
}

function seenStable(place: RollbackPlace['place'], rollout: Step['args']): readonly Step[] {
  return [
    {
      id: 'healthy-again',
      title: 'See it settle',
      tool: 'argo_get_rollout_status',
      args: rollout,
      when: [
        [
          '`phase` is "Healthy" and `route` is absent',
          { done: 'tell the person that the stable version serves alone again' },
        ],
      ],
      until: { condition: '`phase` is "Healthy"', everySeconds: 3, atMostSeconds: 180 },
    },
    {
      id: 'stable-traffic',
      title: 'See the users on the stable version',
      tool: 'traefik_get_traffic_distribution',
      args: { ...place, route_name: new Variable('ROUTE'), window_seconds: 30 },
      until: {
        condition: '`services[service=<STABLE_SERVICE>].wanted` is 100 and `agrees` is "yes"',
        everySeconds: 5,
        atMostSeconds: 120,
      },
      then: {
        done: 'tell the person that all traffic is on the stable version again, and why the new one was taken back',
      },
    },
  ];
}
