import { expect, test } from '@jest/globals';

import { complete, objectsOf } from '../../sandbox/apps/objects.ts';
import type { ApplicationSpec } from '../../sandbox/types.ts';

function specOf(app: ApplicationSpec, kind: string): Record<string, unknown> {
  return objectsOf(complete(app)).find(({ object }) => object.kind === kind)?.object.spec as Record<string, unknown>;
}

test('every weight of a canary is followed by a pause without a time', () => {
  const { strategy } = specOf({ name: 'shop', strategy: 'canary', steps: [10, 40] }, 'Rollout') as {
    strategy: { canary: { steps: object[] } };
  };

  expect(strategy.canary.steps).toEqual([{ setWeight: 10 }, { pause: {} }, { setWeight: 40 }, { pause: {} }]);
});

test('a blue-green rollout is never promoted by itself', () => {
  const { strategy } = specOf({ name: 'shop', strategy: 'blue-green' }, 'Rollout') as {
    strategy: { blueGreen: object };
  };

  expect(strategy.blueGreen).toEqual({
    activeService: 'shop-active',
    previewService: 'shop-preview',
    autoPromotionEnabled: false,
    abortScaleDownDelaySeconds: 5,
    scaleDownDelaySeconds: 5,
  });
});

test.each(['canary', 'blue-green'] as const)(
  '%s: all traffic starts on the version in use, through the Service addresses',
  (strategy) => {
    const { weighted } = specOf({ name: 'shop', strategy }, 'TraefikService') as {
      weighted: { services: { weight: number; nativeLB: boolean }[] };
    };

    expect(weighted.services.map((service) => service.weight)).toEqual([100, 0]);
    expect(weighted.services.every((service) => service.nativeLB)).toBe(true);
  },
);

test('an application outside the default namespace is reached under its own host', () => {
  const { routes } = specOf({ name: 'cart', namespace: 'other', strategy: 'canary' }, 'IngressRoute') as {
    routes: { match: string }[];
  };

  expect(routes[0]?.match).toBe('Host(`cart.other.local`)');
});
