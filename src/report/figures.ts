import type { Count, Share } from '../domain/report/report.ts';

/** Formats a share 0…1 for people. Small shares keep their digits. */
export function percent(share: number): string {
  const value = share * 100;
  const digits = value === 0 || value >= 10 ? 1 : value >= 0.1 ? 2 : 3;
  return `${value.toFixed(digits)}\u00a0%`;
}

/** Formats a share that a person configured, without additional digits. */
export function chosen(share: number): string {
  return `${Number((share * 100).toPrecision(4))}\u00a0%`;
}

/** Formats the label of an axis, with the digits that the step between labels needs. */
export function roundPercent(share: number, step: number): string {
  const digits = Math.max(0, -Math.floor(Math.log10(step * 100) + 1e-9));
  return `${(share * 100).toFixed(digits)}\u00a0%`;
}

export function whole(value: number): string {
  return Math.round(value).toLocaleString('en');
}

export function plain(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  return Math.abs(value) >= 1000 ? whole(value) : String(Number(value.toPrecision(4)));
}

export function ratioOf({ hits, of, low, high }: Share): string {
  return `${percent(hits / of)} of ${whole(of)} (${percent(low)} to ${percent(high)})`;
}

export function countOf({ requests, bad }: Count): string {
  return requests === 0 ? 'no requests' : `${percent(bad / requests)} of ${whole(requests)}`;
}

/** A time of day in UTC. */
export function clockTime(at: number): string {
  return new Date(at).toISOString().slice(11, 19);
}

/** A date and time in UTC, to the second. */
export function dateTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

export function iso(at: number): string {
  return new Date(at).toISOString();
}
