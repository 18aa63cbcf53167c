import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createRolloutObjects } from '../../../src/targets/argo-rollout/objects.ts';
import type { ClusterClient } from '../../../src/adapters/kubernetes/cluster-client.ts';
import { ROLLOUT, SERVICE, describe as nameOf } from '../../../src/adapters/kubernetes/kinds.ts';
import type { ObjectRef } from '../../../src/adapters/kubernetes/kinds.ts';
import { SluiceError } from '../../../src/domain/errors.ts';
import type { NewRollout, RolloutObjectsPort } from '../../../src/ports/rollout-objects.ts';
import { createFakeWorld, type FakeWorld } from '../../support/fake-world.ts';

let world: FakeWorld;
/** Every apply and deletion that reached the API server; a dry run is marked "?". */
let sent: string[];
/** Thrown instead of, or after, a request. */
let fault: (request: string) => { error: SluiceError; afterwards: boolean } | undefined;
let objects: RolloutObjectsPort;

beforeEach(() => {
  world = createFakeWorld({ strategy: 'canary' });
  sent = [];
  fault = () => undefined;
  objects = createRolloutObjects({
    contexts: () => ['dev'],
    currentContext: () => 'dev',
    server: () => 'https://fake',
    client: () => watched(world.cluster),
  });
});
afterEach(() => world.stop());

function watched(cluster: ClusterClient): ClusterClient {
  const around = async <T>(request: string, work: () => Promise<T>): Promise<T> => {
    sent.push(request);
    const failing = fault(request);
    if (failing && !failing.afterwards) throw failing.error;
    const answer = await work();
    if (failing) throw failing.error;
    return answer;
  };
  return new Proxy(cluster, {
    get(target, key) {
      if (key === 'apply')
        return (...args: Parameters<ClusterClient['apply']>) =>
          around(`${nameOf(args[0])}${args[2].dryRun ? '?' : ''}`, () => cluster.apply(...args));
      if (key === 'remove')
        return (...args: Parameters<ClusterClient['remove']>) =>
          around(`delete ${nameOf(args[0])}`, () => cluster.remove(...args));
      const member = Reflect.get(target, key) as unknown;
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
}

const lost = new SluiceError('CLUSTER_UNREACHABLE', 'no answer');
const refused = new SluiceError('MANIFEST_REFUSED', 'spec.replicas: must not be odd');
const onceAt = (wanted: string, error: SluiceError, afterwards = false): typeof fault => {
  let left = 1;
  return (request) => (request === wanted && left-- > 0 ? { error, afterwards } : undefined);
};

const at = (rollout: string): NewRollout['target'] => ({ cluster: 'dev', namespace: 'shop', rollout });
const blueGreen: NewRollout = {
  target: at('new'),
  strategy: 'blue-green',
  template: { image: 'shop:v1', container: 'app', port: 8080 },
  replicas: 1,
  weights: [],
  services: { stable: 'new-active', candidate: 'new-preview' },
  analysisTemplates: [],
  servicesOnly: false,
};
/** The fake controller acts on one Rollout only; this stands in for it. */
function takeUp(name: string): void {
  const ref: ObjectRef = { kind: ROLLOUT, namespace: 'shop', name };
  world.cluster.onChange((changed) => {
    if (changed.name !== name || changed.kind !== ROLLOUT) return;
    const { metadata, status } = world.cluster.peek(ref);
    if (status['observedGeneration'] !== String(metadata.generation)) {
      world.cluster.update(ref, (object) =>
        Object.assign(object.status, {
          observedGeneration: String(metadata.generation),
          currentPodHash: 'abc',
          phase: 'Progressing',
        }),
      );
    }
  });
}
const exists = (kind: typeof SERVICE, name: string): boolean => {
  try {
    return Boolean(world.cluster.peek({ kind, namespace: 'shop', name }));
  } catch {
    return false;
  }
};

describe('making', () => {
  beforeEach(() => takeUp('new'));
  const ALL = ['Service shop/new-active', 'Service shop/new-preview', 'Rollout shop/new'];

  test('all is tried before anything is made', async () => {
    const made = await objects.create(blueGreen);

    expect(sent).toEqual([...ALL.map((name) => `${name}?`), ...ALL]);
    expect(made).toMatchObject({ changed: true, effective: 'proved', created: ALL, after: { podHash: 'abc' } });
  });

  test('what the API server refuses leaves nothing', async () => {
    fault = onceAt('Rollout shop/new?', refused);

    await expect(objects.create(blueGreen)).rejects.toMatchObject({ code: 'MANIFEST_REFUSED' });
    expect([exists(SERVICE, 'new-active'), exists(SERVICE, 'new-preview'), exists(ROLLOUT, 'new')]).toEqual([
      false,
      false,
      false,
    ]);
  });

  test('when it fails between two objects all the same, the error says what exists', async () => {
    fault = onceAt('Rollout shop/new', refused);

    await expect(objects.create(blueGreen)).rejects.toMatchObject({
      code: 'MANIFEST_REFUSED',
      message: expect.stringContaining('Service shop/new-active, Service shop/new-preview'),
      details: { created: ALL.slice(0, 2) },
    });
    expect([exists(SERVICE, 'new-active'), exists(ROLLOUT, 'new')]).toEqual([true, false]);
    expect(await objects.create(blueGreen)).toMatchObject({ created: ['Rollout shop/new'], found: ALL.slice(0, 2) });
  });

  test.each([true, false])('a lost answer is no second object and no error (carried out: %s)', async (afterwards) => {
    fault = onceAt('Rollout shop/new', lost, afterwards);

    expect(await objects.create(blueGreen)).toMatchObject({ effective: 'proved', created: ALL });
    expect(sent.filter((request) => request === 'Rollout shop/new')).toHaveLength(2);
  });

  test("somebody else's object that came in between is not taken for our own", async () => {
    fault = (request) => {
      if (request !== 'Rollout shop/new' || exists(ROLLOUT, 'new')) return undefined;
      world.cluster.create({ kind: ROLLOUT, namespace: 'shop', name: 'new' }, { spec: { replicas: 7 } });
      return { error: lost, afterwards: false };
    };

    await expect(objects.create(blueGreen)).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    expect(world.cluster.peek({ kind: ROLLOUT, namespace: 'shop', name: 'new' }).spec).toEqual({ replicas: 7 });
  });

  test('a cluster that goes away for good is an error that says what exists', async () => {
    fault = (request) =>
      request.startsWith('Rollout') && !request.endsWith('?') ? { error: lost, afterwards: false } : undefined;

    await expect(objects.create(blueGreen)).rejects.toMatchObject({
      code: 'CLUSTER_UNREACHABLE',
      message: expect.stringContaining('still there'),
    });
  });
});

test('a cluster that goes away right after the writing: pending, not a failure', async () => {
  fault = (request) => {
    if (request === 'Rollout shop/new') setTimeout(() => world.cluster.fail(10_000), 1);
    return undefined;
  };

  const made = await objects.create(blueGreen);

  expect(made).toMatchObject({ changed: true, effective: 'pending' });
  expect(made.created).toContain('Rollout shop/new');
  expect(made).not.toHaveProperty('after');
}, 20_000);

describe('deleting', () => {
  const admit = (): void => undefined;
  const request = 'delete Rollout shop/shop';
  const conflict = new SluiceError('CONFLICT', 'the object has been modified');

  test("the controller's writes in between are no obstacle", async () => {
    fault = onceAt(request, conflict);

    expect(await objects.remove(at('shop'), admit)).toMatchObject({
      changed: true,
      effective: 'proved',
      before: { target: { rollout: 'shop' } },
    });
    expect(sent).toEqual([request, request]);
  });

  test('a lost answer to a deletion that was carried out', async () => {
    fault = onceAt(request, lost, true);

    expect(await objects.remove(at('shop'), admit)).toMatchObject({ changed: true, effective: 'proved' });
    expect(sent).toEqual([request]);
  });

  test('a release that marks it in between keeps it', async () => {
    fault = onceAt(request, conflict);
    const owned = (): typeof fault => {
      const first = fault;
      return (each) => {
        world.foreignOwner('rollout', { releaseId: 'release/dev/shop/shop', runId: 'r' });
        return first(each);
      };
    };
    fault = owned();

    const call = objects.remove(at('shop'), (owner) => {
      if (owner) throw new SluiceError('OWNED_BY_OTHER', owner.releaseId);
    });

    await expect(call).rejects.toMatchObject({ code: 'OWNED_BY_OTHER' });
    expect(exists(ROLLOUT, 'shop')).toBe(true);
  });

  test('another Rollout that took the name is left alone', async () => {
    const ref = { kind: ROLLOUT, namespace: 'shop', name: 'shop' };
    fault = (each) => {
      if (each !== request || sent.length > 1) return undefined;
      const { spec, status } = world.cluster.peek(ref);
      world.cluster.delete(ref);
      world.cluster.create(ref, { spec, status });
      return { error: conflict, afterwards: false };
    };

    await expect(objects.remove(at('shop'), admit)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('left alone'),
    });
    expect(exists(ROLLOUT, 'shop')).toBe(true);
  });
});
