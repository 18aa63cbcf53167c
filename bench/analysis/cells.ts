import type { Setting, Version } from './world.ts';

const same = { candidate: 0.02, stable: 0.02 };
const slow = { candidate: 0.04, stable: 0.04 };

export const VERSIONS: readonly Version[] = [
  { name: 'better', errors: { candidate: 0.01, stable: 0.02 }, slow },
  { name: 'same', errors: same, slow },
  { name: 'slightly worse (0.5 points)', errors: { candidate: 0.025, stable: 0.02 }, slow },
  { name: 'on the margin (1 point)', errors: { candidate: 0.03, stable: 0.02 }, slow },
  { name: 'clearly worse (6 % against 2 %)', errors: { candidate: 0.06, stable: 0.02 }, slow },
  { name: 'beyond the margin (3.5 % against 2 %)', errors: { candidate: 0.035, stable: 0.02 }, slow },
  { name: 'worse from nothing (2 % against 0 %)', errors: { candidate: 0.02, stable: 0 }, slow },
  { name: 'slow only (15 % against 4 %)', errors: same, slow: { candidate: 0.15, stable: 0.04 } },
  { name: 'same, errors in clumps of 10', errors: same, slow, clump: 10 },
  { name: 'clearly worse, in clumps of 10', errors: { candidate: 0.06, stable: 0.02 }, slow, clump: 10 },
  { name: 'same, rare errors in clumps of 10', errors: { candidate: 0.0003, stable: 0.0003 }, slow, clump: 10 },
  {
    name: 'on the margin from nothing, in clumps of 10',
    errors: { candidate: 0.01, stable: 0 },
    slow,
    clump: 10,
  },
  { name: 'same, a wave in both', errors: same, slow, drift: 0.8 },
  { name: 'same, gaps and resets', errors: same, slow, gaps: 0.1, resets: 0.05 },
  { name: 'clearly worse, gaps and resets', errors: { candidate: 0.06, stable: 0.02 }, slow, gaps: 0.1, resets: 0.05 },
];

const TRAFFIC = [0.1, 1, 10, 100, 1000];
const SHARES = [0.01, 0.05, 0.25, 0.5];

/** A small selection for a quick run. */
export const QUICK_CELLS: readonly Setting[] = VERSIONS.flatMap((version) =>
  [1, 10, 100, 1000].flatMap((requestsPerSecond) =>
    [0.05, 0.25, 0.5].map((share) => ({ version, requestsPerSecond, share })),
  ),
);

/** Every version at every traffic and weight. */
export const CELLS: readonly Setting[] = VERSIONS.flatMap((version) =>
  TRAFFIC.flatMap((requestsPerSecond) => SHARES.map((share) => ({ version, requestsPerSecond, share }))),
);

/** Versions that some judge can decide with a few hundred requests, and one that none can. */
const LOW_VERSIONS: readonly Version[] = [
  { name: 'same: no errors', errors: { candidate: 0, stable: 0 }, slow },
  { name: 'same: 2 % errors', errors: same, slow },
  { name: '6 % errors against 2 %', errors: { candidate: 0.06, stable: 0.02 }, slow },
  { name: '20 % errors against 2 %', errors: { candidate: 0.2, stable: 0.02 }, slow },
  { name: '15 % slow answers against 4 %', errors: same, slow: { candidate: 0.15, stable: 0.04 } },
];

/** Low traffic at the first steps of a release. */
export const LOW_CELLS: readonly Setting[] = LOW_VERSIONS.flatMap((version) =>
  [1, 2, 5].flatMap((requestsPerSecond) => [0.05, 0.1, 0.25].map((share) => ({ version, requestsPerSecond, share }))),
);
