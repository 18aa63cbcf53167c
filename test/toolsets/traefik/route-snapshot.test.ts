import { expect, test } from '@jest/globals';
import { routeSnapshot } from '../../../src/contract/route-snapshot.ts';
import { toRouteSnapshot } from '../../../src/toolsets/traefik/route-snapshot.ts';
import type { RouteEntry, RouteView } from '../../../src/ports/routes.ts';

const entry = (service: string, weight: number, more: Partial<RouteEntry> = {}): RouteEntry => ({
  service,
  kind: 'Service',
  port: '80',
  weight,
  ...more,
});

const view = (changes: Partial<RouteView> = {}): RouteView => ({
  ref: { cluster: 'test', namespace: 'shop', name: 'app' },
  uid: 'u',
  resourceVersion: '41',
  form: 'weighted',
  entries: [entry('a', 95), entry('b', 5)],
  rules: [{ ingressRoute: 'app', match: 'Host(`app.local`)', entryPoints: [] }],
  sticky: false,
  middlewares: [],
  served: [
    { replica: 'one', weights: [95, 5], rules: [] },
    { replica: 'two', error: 'silent' },
    { replica: 'three', unknown: true },
  ],
  ...changes,
});

test('weights by Service, as written and on each replica', () => {
  const snapshot = toRouteSnapshot(view({ owner: { releaseId: 'release/a', runId: '1' } }), 'web');
  expect(snapshot).toMatchObject({ weights: { a: 95, b: 5 }, rollout: 'web', release_id: 'release/a' });
  expect(snapshot.in_force).toEqual([
    { replica: 'one', weights: { a: 95, b: 5 } },
    { replica: 'two', error: 'silent' },
    { replica: 'three', error: 'does not know the route' },
  ]);
  expect(routeSnapshot.parse(snapshot)).toEqual(snapshot);
});

test('one Service with two ports, or of two namespaces, keeps both weights', () => {
  const entries = [
    entry('a', 60),
    entry('a', 40, { port: 'grpc' }),
    entry('b', 1),
    entry('b', 2, { namespace: 'far' }),
  ];
  expect(toRouteSnapshot(view({ entries, served: [] })).weights).toEqual({
    'a/80': 60,
    'a/grpc': 40,
    'b/80': 1,
    'far/b/80': 2,
  });
});

test('text from the cluster is cleaned', () => {
  const rules = [{ ingressRoute: 'app', match: 'Host(`a`)\u001b[2J', entryPoints: [] }];
  expect(toRouteSnapshot(view({ rules })).rules).toEqual(['Host(`a`)[2J']);
});
