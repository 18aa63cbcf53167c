import type { Audience } from '../servers/audience.ts';

/** What the split reads of a version. `traffic` is a whole percentage from 0 to 100. */
export interface Arm {
  readonly version: string;
  readonly status: 'blue' | 'green' | 'inactive';
  readonly traffic: number;
  /** The only callers that may get it. Absent: all may. */
  readonly audience?: Audience;
}

/** Number of buckets of a stable hash. A bucket is a whole number from 0 to BUCKETS - 1. */
export const BUCKETS = 10_000;

/** One caller, as the split sees it. */
export interface SplitCaller {
  /** The caller's bucket for one green version. It must always be the same one. */
  readonly bucketOf: (version: string) => number;
  /** Whether the caller belongs to an audience. */
  readonly isIn: (audience: Audience) => boolean;
}

/**
 * The version of one caller. The green versions are asked in their order, each with its share of the callers that are
 * still left; blue gets the rest. So a version whose traffic rises only gains callers, and one more green version takes
 * none from those before it. The share of a version with an audience is that of its audience; to all others it is as if
 * the version had no traffic. Returns undefined if no version has traffic.
 */
export function versionFor(arms: readonly Arm[], { bucketOf, isIn }: SplitCaller): string | undefined {
  let left = arms.reduce((sum, { status, traffic }) => sum + (status === 'inactive' ? 0 : traffic), 0);
  if (left <= 0) return undefined;
  for (const { status, version, traffic, audience } of arms) {
    if (status !== 'green' || traffic <= 0 || (audience && !isIn(audience))) continue;
    // In whole numbers, because 17 / 100 * 10000 is more than 1700.
    if (bucketOf(version) * left < traffic * BUCKETS) return version;
    left -= traffic;
  }
  return arms.find(({ status }) => status === 'blue')?.version;
}

/** The bucket of a hash, from its first 6 bytes. */
export function bucketOfHash(hash: Uint8Array): number {
  let value = 0;
  for (const byte of hash.subarray(0, 6)) value = value * 256 + byte;
  return value % BUCKETS;
}

/** Whether callers are divided between versions at present. */
export function isDivided(arms: readonly Arm[]): boolean {
  const used = arms.filter(({ status, traffic }) => status !== 'inactive' && traffic > 0);
  return used.length > 1 || used.some(({ audience }) => audience !== undefined);
}
