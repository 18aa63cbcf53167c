import { beforeEach, expect, test } from '@jest/globals';
import { SluiceError } from '../../../src/domain/errors.ts';
import { INGRESS_ROUTE, TRAEFIK_SERVICE, type ObjectRef } from '../../../src/adapters/kubernetes/kinds.ts';
import { rivalRoutes } from '../../../src/splits/traefik/rival-routes.ts';
import { FakeCluster } from '../../support/fake-cluster.ts';

const ref = { cluster: 'dev', namespace: 'shop', name: 'api' };
const RULE = 'Host(`api.local`) && PathPrefix(`/v1`)';
const own = { kind: 'TraefikService', name: 'api' };
const old = { kind: 'Service', name: 'api-old' };

let cluster: FakeCluster;

const ingress = (name: string, namespace = 'shop'): ObjectRef => ({ kind: INGRESS_ROUTE, namespace, name });

function route(at: ObjectRef, routes: readonly object[], entryPoints: readonly string[] = []): void {
  cluster.create(at, { spec: { entryPoints, routes } });
}

beforeEach(() => {
  cluster = new FakeCluster('dev');
  route(ingress('api'), [{ match: RULE, services: [own] }]);
});

test('a rule of another namespace that matches the same requests is named with where it leads', async () => {
  route(ingress('legacy', 'old'), [
    { match: 'Host(`elsewhere`)', services: [old] },
    { match: 'PathPrefix(`/v1/`) && Host(`api.local`)', services: [old], priority: RULE.length },
  ]);

  expect(await rivalRoutes(cluster, ref)).toEqual([
    { place: 'IngressRoute old/legacy rule 2', leadsTo: 'Service old/api-old', priority: 'same' },
  ]);
});

test('a rule that leads to the split through another TraefikService is no rival', async () => {
  cluster.create(
    { kind: TRAEFIK_SERVICE, namespace: 'edge', name: 'outer' },
    {
      spec: { weighted: { services: [{ ...own, namespace: 'shop' }] } },
    },
  );
  route(ingress('web', 'edge'), [{ match: RULE, services: [{ kind: 'TraefikService', name: 'outer' }] }]);

  expect(await rivalRoutes(cluster, ref)).toEqual([]);
});

test('a higher priority is named, a lower one does no harm', async () => {
  route(ingress('first'), [{ match: RULE, services: [old], priority: 1000 }]);
  route(ingress('last'), [{ match: RULE, services: [old], priority: 1 }]);

  expect(await rivalRoutes(cluster, ref)).toEqual([
    { place: 'IngressRoute shop/first rule 1', leadsTo: 'Service shop/api-old', priority: 'higher' },
  ]);
});

test('a second rule of the same IngressRoute is a rival; rules that lead to the split, directly or by its mirror, are none', async () => {
  route(ingress('copy'), [
    { match: RULE, services: [own] },
    { match: RULE, services: [{ kind: 'TraefikService', name: 'api-mirror' }] },
    { match: RULE, services: [old] },
  ]);

  expect((await rivalRoutes(cluster, ref)).map(({ place }) => place)).toEqual(['IngressRoute shop/copy rule 3']);
});

test('a narrower rule, another path and another entry point are none', async () => {
  cluster = new FakeCluster('dev');
  route(ingress('api'), [{ match: RULE, services: [own] }], ['web']);
  route(ingress('narrow'), [{ match: `${RULE} && Header(\`x-beta\`, \`1\`)`, services: [old] }], ['web']);
  route(ingress('path'), [{ match: 'Host(`api.local`) && PathPrefix(`/v2`)', services: [old] }], ['web']);
  route(ingress('secure'), [{ match: RULE, services: [old] }], ['websecure']);

  expect(await rivalRoutes(cluster, ref)).toEqual([]);
});

test('without the right to list all namespaces the own one is read', async () => {
  route(ingress('copy'), [{ match: RULE, services: [old] }]);
  const narrow = Object.assign(Object.create(cluster) as FakeCluster, {
    list: async (kind: ObjectRef['kind'], namespace?: string) => {
      if (namespace === undefined) throw new SluiceError('FORBIDDEN', 'may not list at the cluster scope');
      return cluster.list(kind, namespace);
    },
  });

  expect((await rivalRoutes(narrow, ref)).map(({ place }) => place)).toEqual(['IngressRoute shop/copy rule 1']);
});
