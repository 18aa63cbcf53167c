import { afterEach, expect, test } from '@jest/globals';

import { sandboxStatus, sandboxUp } from '../../sandbox/index.ts';
import { createHome, START_MS, versionServed } from './living.ts';

const place = createHome();

afterEach(async () => {
  expect(await place.clear('left', 'right')).toEqual([]);
});

test(
  'two sandboxes that start together do not disturb each other',
  async () => {
    const up = (name: string, image: string) =>
      sandboxUp({
        name,
        home: place.home,
        rps: 20,
        applications: [{ name: 'shop', strategy: 'canary', image, replicas: 1 }],
      });

    const [left, right] = await Promise.all([up('left', 'shop:left'), up('right', 'shop:right')]);

    expect(left.apiServer).not.toBe(right.apiServer);
    for (const entry of left.traefikEntryUrls) expect(await versionServed(entry, 'shop.shop.local')).toBe('200 left');
    for (const entry of right.traefikEntryUrls) expect(await versionServed(entry, 'shop.shop.local')).toBe('200 right');
    expect((await sandboxStatus({ name: 'left', home: place.home })).state).toBe('running');
  },
  START_MS,
);
