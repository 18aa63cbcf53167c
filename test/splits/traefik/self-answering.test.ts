import { beforeEach, expect, test } from '@jest/globals';
import { INGRESS_ROUTE, MIDDLEWARE, TRAEFIK_SERVICE, type ObjectRef } from '../../../src/adapters/kubernetes/kinds.ts';
import { selfAnswering } from '../../../src/splits/traefik/self-answering.ts';
import { FakeCluster } from '../../support/fake-cluster.ts';

const ref = { cluster: 'dev', namespace: 'shop', name: 'api' };
const arms = { stable: 'api-stable', candidate: 'api-canary' };
const object = (kind: ObjectRef['kind'], name: string, namespace = 'shop'): ObjectRef => ({ kind, namespace, name });

let cluster: FakeCluster;

function route(onRule: readonly object[], onCanary: readonly object[]): void {
  const services = [
    { name: 'api-stable', port: 80, weight: 90 },
    { name: 'api-canary', port: 80, weight: 10, middlewares: onCanary },
    { name: 'other', port: 80, middlewares: [{ name: 'breaker' }] },
  ];
  cluster.create(object(TRAEFIK_SERVICE, 'api'), { spec: { weighted: { services } } });
  cluster.create(object(INGRESS_ROUTE, 'api'), {
    spec: {
      routes: [
        {
          match: 'Host(`elsewhere`)',
          services: [{ kind: 'Service', name: 'api-stable' }],
          middlewares: [{ name: 'limit' }],
        },
        { match: 'Host(`api`)', services: [{ kind: 'TraefikService', name: 'api' }], middlewares: onRule },
      ],
    },
  });
}

beforeEach(() => {
  cluster = new FakeCluster('dev');
  cluster.create(object(MIDDLEWARE, 'breaker'), {
    spec: { circuitBreaker: { expression: 'NetworkErrorRatio() > 0.5' } },
  });
  cluster.create(object(MIDDLEWARE, 'limit'), { spec: { rateLimit: { average: 5 } } });
  cluster.create(object(MIDDLEWARE, 'flight', 'common'), { spec: { inFlightReq: { amount: 5 } } });
  cluster.create(object(MIDDLEWARE, 'login'), { spec: { basicAuth: { secret: 'x' } } });
  cluster.create(object(MIDDLEWARE, 'chain'), {
    spec: { chain: { middlewares: [{ name: 'login' }, { name: 'limit' }, { name: 'chain' }] } },
  });
});

test('breakers and limits of the two Services and of the rules that lead to them are found, also in chains and other namespaces', async () => {
  route([{ name: 'chain' }, { name: 'flight', namespace: 'common' }], [{ name: 'breaker' }]);

  expect(await selfAnswering(cluster, ref, arms)).toEqual([
    { middleware: 'breaker', type: 'circuitBreaker', place: 'Service api-canary' },
    { middleware: 'limit', type: 'rateLimit', place: 'IngressRoute api rule 2' },
    { middleware: 'flight', type: 'inFlightReq', place: 'IngressRoute api rule 2' },
  ]);
});

test('those on rules that lead there from another namespace, and through another TraefikService, are found', async () => {
  route([], []);
  cluster.create(object(TRAEFIK_SERVICE, 'outer', 'edge'), {
    spec: { mirroring: { kind: 'TraefikService', name: 'api', namespace: 'shop' } },
  });
  const services = [{ kind: 'TraefikService', name: 'outer' }];
  cluster.create(object(INGRESS_ROUTE, 'web', 'edge'), {
    spec: { routes: [{ match: 'Host(`api`)', services, middlewares: [{ name: 'flight', namespace: 'common' }] }] },
  });

  expect(await selfAnswering(cluster, ref, arms)).toEqual([
    { middleware: 'flight', type: 'inFlightReq', place: 'IngressRoute edge/web rule 1' },
  ]);
});

test('those of others, those that ask who somebody is, and those that are not there say nothing', async () => {
  route([{ name: 'login' }, { name: 'gone' }], []);

  expect(await selfAnswering(cluster, ref, arms)).toEqual([]);
});
