import type { Count, Share } from '../domain/report/report.ts';

/** A share 0…1 for people; small ones keep their digits. */
export function percent(share: number): string {
  const value = share * 100;
  const digits = value === 0 || value >= 10 ? 1 : value >= 0.1 ? 2 : 3;
  return `${value.toFixed(digits)}\u00a0%`;
}

/** A share that somebody has chosen: no digits that nobody wrote. */
export function chosen(share: number): string {
  return `${Number((share * 100).toPrecision(4))}\u00a0%`;
}

/** The label of an axis: no more digits than the steps between labels need. */
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

/** An e-value, given as its natural logarithm, as the betting odds that it is. */
export function odds(log: number): string {
  if (log > 16) return 'over 10 million to 1';
  const value = Math.exp(log);
  if (log < 0) return `1 to ${value < 1e-6 ? 'over a million' : figure(1 / value)}`;
  return `${figure(value)} to 1`;
}

function figure(value: number): string {
  return value < 10 ? String(Number(value.toFixed(1))) : whole(value);
}

/** UTC. */
export function clockTime(at: number): string {
  return new Date(at).toISOString().slice(11, 19);
}

/** UTC, to the second. */
export function moment(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

export function iso(at: number): string {
  return new Date(at).toISOString();
}
