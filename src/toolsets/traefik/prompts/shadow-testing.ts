import { dnsName } from '../../../contract/target.ts';
import * as known from '../../../commands/prompt-arguments.ts';
import type { PromptKind } from '../../../commands/prompt.ts';
import { stepsText, withTakeOver, type Step } from '../../../commands/prompt-steps.ts';

export const shadowTesting: PromptKind = {
  name: 'shadow_testing',
  title: 'Shadow testing',
  description:
    'Copies a share of the reading requests of a route to another Service for a while, watches that users notice nothing, and cleans up.',
  arguments: [
    known.namespace,
    known.route,
    { name: 'mirror_service', description: 'Service that gets the copies.', required: true, schema: dnsName },
    known.optional('mirror_percent', 'Share of requests to copy, 1 to 100. Default 20.', known.numberText(1, 100)),
    known.optional('soak_seconds', 'How long, 10 to 3600. Default 300.', known.numberText(10, 3600)),
    known.cluster,
  ],
  text({ namespace = '', route_name = '', mirror_service = '', mirror_percent = '20', soak_seconds = '300', cluster }) {
    const route = { ...(cluster === undefined ? {} : { cluster }), namespace, route_name };
    const goal = `Copy ${mirror_percent} % of the reading requests of ${namespace}/${route_name} to ${mirror_service}, and stop after ${soak_seconds} s.`;
    return stepsText(
      goal,
      MORE,
      steps(route, { service: mirror_service, percent: Number(mirror_percent), soak: Number(soak_seconds) }),
    );
  },
};

const MORE = [
  'Only GET, HEAD and OPTIONS are copied. Do not set mirror_writes: a copied order is carried out twice.',
  'Answers of the mirror are dropped, so no tool here judges them: look at its logs, and in Prometheus at traefik_service_requests_total of its service.',
  'Whatever happens after mirroring was switched on, switch it off again before you end.',
];

interface Mirror {
  readonly service: string;
  readonly percent: number;
  readonly soak: number;
}

function steps(route: Readonly<Record<string, string>>, { service, percent, soak }: Mirror): readonly Step[] {
  const refused = (what: string) =>
    [['`effective` is "refused"', { stop: `${what}; tell the person \`reason\`` }]] as const;
  return [
    { id: 'look', title: 'Look at the route', tool: 'traefik_get_traffic_distribution', args: route },
    ...withTakeOver(
      {
        id: 'mirror',
        title: 'Switch mirroring on',
        tool: 'traefik_enable_traffic_mirroring',
        args: { ...route, mirror_service: service, mirror_percent: percent },
        when: refused('nothing is mirrored'),
        until: { condition: '`effective` is "proved"', everySeconds: 3, atMostSeconds: 60 },
      },
      'watch',
    ),
    {
      id: 'watch',
      title: 'Let it run, then see that users notice nothing',
      wait: soak,
      tool: 'traefik_detect_anomalies',
      args: { ...route, window: `${soak}s` },
      capture: { anomalous: 'ANOMALOUS', findings: 'FINDINGS' },
    },
    {
      id: 'off',
      title: 'Switch mirroring off',
      tool: 'traefik_enable_traffic_mirroring',
      args: { ...route, mirror_percent: 0 },
      when: refused('mirroring is still on'),
      until: {
        condition: '`effective` is "proved" and `after.mirror_percent` is 0',
        everySeconds: 3,
        atMostSeconds: 60,
      },
    },
    {
      id: 'after',
      title: 'See the route as it was',
      tool: 'traefik_get_traffic_distribution',
      args: { ...route, window_seconds: 30 },
      until: { condition: '`agrees` is "yes"', everySeconds: 5, atMostSeconds: 120 },
      then: { done: 'tell the person what <ANOMALOUS> and <FINDINGS> were, and where the results of the mirror are' },
    },
  ];
}
