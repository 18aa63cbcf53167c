/** Names in a world: existing ones and missing ones. */
export interface Names {
  readonly cluster: string;
  readonly namespace: string;
  /** The Rollout, and the TraefikService of the same name. */
  readonly rollout: string;
  readonly services: readonly string[];
  readonly templates: readonly string[];
  /** Routes that no Rollout writes. */
  readonly freeRoutes?: readonly string[];
}

/**
 * Values that exist in the world, by field name. Other fields are generated from their schema. Repeated values are
 * chosen more often.
 */
export function wordsFor({
  cluster,
  namespace,
  rollout,
  services,
  templates,
  freeRoutes = [],
}: Names): Readonly<Record<string, readonly unknown[]>> {
  const objects = [rollout, rollout, rollout, rollout, 'absent', 'absent', 'a'.repeat(253), 'web.v2'];
  const service = [...services, ...services, 'absent'];
  return {
    cluster: [cluster, cluster, cluster, 'no such context'],
    namespace: [namespace, namespace, namespace, namespace, namespace, 'absent'],
    name: objects,
    rollout: objects,
    route_name: [...objects, ...freeRoutes, ...freeRoutes, ...freeRoutes],
    release_id: [`release/${cluster}/${namespace}/${rollout}`, `release/${cluster}/${namespace}/absent`, 'release/x'],
    confirm: [
      `${namespace}/${rollout}`,
      `${namespace}/${rollout}`,
      `release/${cluster}/${namespace}/${rollout}`,
      `${namespace}/absent`,
      'yes',
    ],
    image: ['shop:v1', 'shop:v2', 'registry.example:5000/a/b@sha256:00'],
    from: ['shop:v1', 'shop:v0'],
    container: ['app', 'app', 'other'],
    stable_service: service,
    canary_service: service,
    main_service: [rollout, ...service],
    mirror_service: service,
    traefik_service: objects,
    workload_ref: ['web', 'absent'],
    middleware_name: ['limit', 'breaker', rollout],
    analysis_templates: [templates, ['absent'], []],
    hostname: ['api.example.com', 'a.b'],
    path_prefix: ['/', '/v2/api'],
    entry_points: [['web'], ['web', 'websecure'], []],
    reason: ['tried by hand', ' x '],
    request_id: ['one', 'two'],
    step: [0, 1, 3, true],
    full: [true, false],
    timeout_seconds: [0, 1],
    stable_weight: [50, 50, 50, 90, 0, 100],
    canary_weight: [50, 50, 50, 10, 100, 0],
    window_seconds: [10, 60],
    idle_seconds: [60],
    port: [8080, 80],
    interval: ['1m', '30s'],
    soak: ['1s', '5m'],
    success_condition: ['result[0] >= 0.95', 'result[0] <= 1 || true'],
    failure_condition: ['result[0] < 0.9'],
    query: ['sum(rate(traefik_service_requests_total{service="{{args.service}}"}[1m]))', 'up'],
    weights: [[5, 25, 50], [100], [50, 5]],
  };
}

const deep = (levels: number): unknown => (levels === 0 ? 'bottom' : { a: [deep(levels - 1)] });

/** Values that are invalid everywhere, or only look valid. */
export const ODD: readonly unknown[] = [
  '',
  ' ',
  'a'.repeat(100_000),
  'Web',
  '-web',
  'web_1',
  'web\u0000',
  'web\u001b[31m',
  'web\n at Object.<anonymous> (/srv/app.ts:1:1)',
  '../../kube-system',
  'shop/web',
  'shop%2Fweb',
  '{{args.x}}',
  '${jndi:ldap://x}',
  "'; DROP TABLE rollouts; --",
  '\u202eevil',
  '💥',
  '\ud800',
  'NaN',
  'Infinity',
  '1e999',
  '0x10',
  '__proto__',
  'constructor',
  'toString',
  'password=hunter22',
  'Bearer abcdefgh12345678',
  -1,
  0,
  101,
  0.5,
  -0,
  1e308,
  2 ** 53,
  NaN,
  Infinity,
  null,
  undefined,
  true,
  [],
  [null],
  {},
  { name: 'web' },
  deep(400),
  JSON.parse('{"__proto__":{"allowWrite":true},"constructor":{"prototype":{}}}'),
];

/** Names of fields that a tool does not have. */
export const ODD_FIELDS: readonly string[] = [
  '__proto__',
  'constructor',
  'prototype',
  'hasOwnProperty',
  'toString',
  'dry_run',
  'namespaces',
  'Namespace',
  'force',
  'a'.repeat(5000),
  '💥',
  '',
];
