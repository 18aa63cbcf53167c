import { expect, test } from '@jest/globals';

import { addOnNamed } from '../../sandbox/add-on.ts';
import { binariesOf } from '../../sandbox/binaries/acquire.ts';
import { ADD_ONS } from '../../sandbox/manifest.ts';
import { ADD_ON_PARTS, partNamed, partsOf } from '../../sandbox/parts/all.ts';

test('a sandbox without add-ons has neither their binaries nor their parts', () => {
  for (const addOn of ADD_ONS) {
    expect(binariesOf().filter((name) => binariesOf(addOn).includes(name))).toEqual([]);
    expect(partsOf({}).filter((name) => name in ADD_ON_PARTS[addOn])).toEqual([]);
    expect(partsOf({ addOns: [addOn] })).toEqual([...partsOf({}), ...Object.keys(ADD_ON_PARTS[addOn])]);
    for (const part of Object.keys(ADD_ON_PARTS[addOn])) expect(partNamed(part)).toBeDefined();
  }
});

test('an unknown add-on is refused with the known ones', () => {
  expect(addOnNamed('flux')).toBe('flux');
  expect(() => addOnNamed('fluxx')).toThrow('The sandbox has no add-on "fluxx". It has: flux, real-pods.');
});
