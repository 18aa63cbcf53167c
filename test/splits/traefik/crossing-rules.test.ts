import { expect, test } from '@jest/globals';
import { INGRESS_ROUTE, TRAEFIK_SERVICE, type ObjectRef } from '../../../src/adapters/kubernetes/kinds.ts';
import { rulesOf } from '../../../src/splits/traefik/crossing-rules.ts';
import { UnknownToTraefik, type Replica } from '../../../src/splits/traefik/replicas.ts';
import { FakeCluster } from '../../support/fake-cluster.ts';

const ref = { cluster: 'dev', namespace: 'shop', name: 'api' };
const object = (kind: ObjectRef['kind'], namespace: string, name: string): ObjectRef => ({ kind, namespace, name });

/** A Traefik that serves these rules, by its name of the TraefikService that they name. */
function replica(name: string, served: Readonly<Record<string, readonly string[]>>): Replica {
  return {
    name,
    get: async (path) => {
      const [, , , kind, id = ''] = path.split('/').map((part) => decodeURIComponent(part));
      if (kind === 'routers') return JSON.stringify({ status: 'enabled', rule: id });
      const rules = served[id.replace('@kubernetescrd', '')];
      if (!rules) throw new UnknownToTraefik('does not know the service');
      return JSON.stringify({ status: 'enabled', usedBy: rules });
    },
  };
}

function clusterWith(...routes: readonly [namespace: string, match: string, to: object][]): FakeCluster {
  const cluster = new FakeCluster('dev');
  cluster.create(object(TRAEFIK_SERVICE, 'edge', 'outer'), {
    spec: { weighted: { services: [{ kind: 'TraefikService', name: 'api', namespace: 'shop' }] } },
  });
  for (const [namespace, match, to] of routes)
    cluster.create(object(INGRESS_ROUTE, namespace, match), {
      spec: { routes: [{ match, services: [{ kind: 'TraefikService', ...to }] }] },
    });
  return cluster;
}

test('rules of the own namespace are counted, those of another one are named, with the proxies that leave them out', async () => {
  const cluster = clusterWith(
    ['shop', 'own', { name: 'api' }],
    ['edge', 'direct', { name: 'api', namespace: 'shop' }],
    ['edge', 'nested', { name: 'outer' }],
    ['edge', 'other', { name: 'api' }],
  );
  const replicas = [
    replica('one', { 'shop-api': ['own', 'direct'], 'edge-outer': ['nested'] }),
    replica('two', { 'shop-api': ['own'], 'edge-outer': ['nested'] }),
  ];

  expect(await rulesOf(cluster, ref, replicas)).toEqual({
    within: 1,
    crossing: [
      { place: 'IngressRoute edge/direct rule 1', unserved: ['two'] },
      { place: 'IngressRoute edge/nested rule 1', unserved: [] },
    ],
  });
});

test('a rule that leaves the namespace and comes back crosses it twice', async () => {
  const cluster = clusterWith(['shop', 'round', { name: 'outer', namespace: 'edge' }]);

  expect(await rulesOf(cluster, ref, [replica('one', {})])).toEqual({
    within: 0,
    crossing: [{ place: 'IngressRoute shop/round rule 1', unserved: ['one'] }],
  });
});

test('without an API of Traefik nothing is known', async () => {
  const cluster = clusterWith(['edge', 'direct', { name: 'api', namespace: 'shop' }]);

  expect((await rulesOf(cluster, ref, [])).crossing).toEqual([
    { place: 'IngressRoute edge/direct rule 1', unserved: [], unknown: true },
  ]);
});
