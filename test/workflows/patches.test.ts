import { expect, test } from '@jest/globals';
import { PATCHES } from '../../workflows/patches.ts';

const DAY = /^\d{4}-\d\d-\d\d$/;

test.each(Object.entries(PATCHES))(
  '%s says why it is there and when it may go: when no release that began without it can be open',
  (_, { since, mayGo, reason }) => {
    expect([since, mayGo]).toEqual([expect.stringMatching(DAY), expect.stringMatching(DAY)]);
    expect(Date.parse(mayGo) - Date.parse(since)).toBeGreaterThan(366 * 86_400_000);
    expect(reason.length).toBeGreaterThan(20);
  },
);
