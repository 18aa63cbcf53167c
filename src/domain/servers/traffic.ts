import { SluiceError } from '../errors.ts';
import type { ServerVersion } from './server.ts';

const WHOLE = 100;

type Versions = readonly ServerVersion[];

/**
 * Divides `total` whole percents in proportion to the weights, by largest remainder: each share is rounded down, and
 * the percents that are left go to the largest remainders. Of equal remainders, the earlier one is first.
 */
export function shareOut(total: number, weights: readonly number[]): readonly number[] {
  const sum = weights.reduce((all, weight) => all + weight, 0);
  const shares = weights.map((weight) => Math.floor((total * weight) / sum));
  const left = total - shares.reduce((all, share) => all + share, 0);
  const first = weights
    .map((weight, index) => ({ index, remainder: (total * weight) % sum }))
    .toSorted((a, b) => b.remainder - a.remainder || a.index - b.index)
    .slice(0, left)
    .map(({ index }) => index);
  return shares.map((share, index) => share + (first.includes(index) ? 1 : 0));
}

/**
 * Gives one version its percents, and scales the other versions that have traffic to the rest, blue first among equal
 * remainders. If no other version has traffic, blue takes the rest. An inactive version that gets traffic becomes
 * green. Errors: SERVER_TRAFFIC_INVALID, SERVER_NO_BLUE, SERVER_TRAFFIC_LEFT_OVER.
 */
export function withTraffic(versions: Versions, version: string, percent: number): Versions {
  requirePercent(percent);
  const blue = versions.find(({ status }) => status === 'blue');
  if (!blue && percent > 0) throw noBlue(version, percent);
  const shares = new Map([[version, percent], ...(blue ? restOf(versions, version, WHOLE - percent, blue) : [])]);
  return versions.map((one) => withShare(one, shares.get(one.version) ?? one.traffic));
}

function restOf(versions: Versions, version: string, rest: number, blue: ServerVersion): readonly [string, number][] {
  const others = versions
    .filter((one) => one.version !== version && one.traffic > 0)
    .toSorted((a, b) => Number(b.status === 'blue') - Number(a.status === 'blue'));
  if (others.length > 0) {
    const shares = shareOut(
      rest,
      others.map(({ traffic }) => traffic),
    );
    return others.map((one, index) => [one.version, shares[index] ?? 0]);
  }
  if (blue.version !== version) return [[blue.version, rest]];
  if (rest === 0) return [];
  throw new SluiceError(
    'SERVER_TRAFFIC_LEFT_OVER',
    `No other version has traffic, so nothing takes the remaining ${rest} %.`,
  );
}

function withShare(one: ServerVersion, traffic: number): ServerVersion {
  return { ...one, traffic, ...(one.status === 'inactive' && traffic > 0 ? { status: 'green' as const } : {}) };
}

function requirePercent(percent: number): void {
  if (Number.isInteger(percent) && percent >= 0 && percent <= WHOLE) return;
  throw new SluiceError(
    'SERVER_TRAFFIC_INVALID',
    `Traffic is a whole number of percents from 0 to 100, not ${percent}.`,
  );
}

function noBlue(version: string, percent: number): SluiceError {
  return new SluiceError(
    'SERVER_NO_BLUE',
    `No version is blue, so ${version} cannot get ${percent} %: blue takes what is left of 100.`,
  );
}
