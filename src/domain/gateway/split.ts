/** What the split reads of a version. `traffic` is a whole percentage from 0 to 100. */
export interface Arm {
  readonly version: string;
  readonly status: 'blue' | 'green' | 'inactive';
  readonly traffic: number;
}

/** Number of buckets of a stable hash. A bucket is a whole number from 0 to BUCKETS - 1. */
export const BUCKETS = 10_000;

/**
 * The version of one caller. `bucketOf` gives the caller's bucket for one green version, and must always give the same
 * one. The green versions are asked in their order, each with its share of the callers that are still left; blue gets
 * the rest. So a version whose traffic rises only gains callers, and one more green version takes none from those
 * before it. Returns undefined if no version has traffic.
 */
export function versionFor(arms: readonly Arm[], bucketOf: (version: string) => number): string | undefined {
  let left = arms.reduce((sum, { status, traffic }) => sum + (status === 'inactive' ? 0 : traffic), 0);
  if (left <= 0) return undefined;
  for (const { status, version, traffic } of arms) {
    if (status !== 'green' || traffic <= 0) continue;
    // In whole numbers, because 17 / 100 * 10000 is more than 1700.
    if (bucketOf(version) * left < traffic * BUCKETS) return version;
    left -= traffic;
  }
  return arms.find(({ status, traffic }) => status === 'blue' && traffic > 0)?.version;
}

/** The bucket of a hash, from its first 6 bytes. */
export function bucketOfHash(hash: Uint8Array): number {
  let value = 0;
  for (const byte of hash.subarray(0, 6)) value = value * 256 + byte;
  return value % BUCKETS;
}

/** Whether callers are divided between versions at present. */
export function isDivided(arms: readonly Arm[]): boolean {
  return arms.filter(({ status, traffic }) => status !== 'inactive' && traffic > 0).length > 1;
}
