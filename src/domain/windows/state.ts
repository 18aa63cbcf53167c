import { strictest, type CloseRule, type Window } from './window.ts';

/** One occurrence of a window. Epoch ms; `to` is no longer part of it. */
export interface Span {
  readonly window: Window;
  readonly from: number;
  readonly to: number;
}

/** Whether the windows of a target let releases act, as of one moment. */
export interface WindowState {
  readonly open: boolean;
  /** One sentence for people, without the target. */
  readonly reason: string;
  /** The names of the windows that decide. Empty if no window concerns the target. */
  readonly by: readonly string[];
  /** When `open` changes next, epoch ms. Absent: not within the time that was searched. */
  readonly changesAt?: number;
  /** While closed: what a release does that is under way. */
  readonly onClose?: CloseRule;
}

/** The state while no window concerns the target. */
export const UNCOVERED: WindowState = { open: true, reason: 'no window concerns this target', by: [] };

interface Moment {
  readonly open: boolean;
  readonly deciding: readonly Window[];
}

/**
 * The state at a moment. `windows`: those that cover the target. `spans`: all of their occurrences from `at` until
 * `searchedTo`. A `deny` wins. If there is any `allow`, one of them must be active.
 */
export function stateAt(
  at: number,
  windows: readonly Window[],
  spans: readonly Span[],
  searchedTo: number,
): WindowState {
  if (windows.length === 0) return UNCOVERED;
  const now = momentAt(at, windows, spans);
  const changesAt = nextChange(at, now.open, windows, spans, searchedTo);
  return {
    open: now.open,
    reason: reasonOf(now, changesAt),
    by: now.deciding.map(({ name }) => name),
    ...(changesAt === undefined ? {} : { changesAt }),
    ...(now.open ? {} : { onClose: strictest(now.deciding) }),
  };
}

function momentAt(at: number, windows: readonly Window[], spans: readonly Span[]): Moment {
  const active = windows.filter((window) =>
    spans.some((span) => span.window === window && span.from <= at && at < span.to),
  );
  const denying = active.filter(({ kind }) => kind === 'deny');
  if (denying.length > 0) return { open: false, deciding: denying };
  const allowing = active.filter(({ kind }) => kind === 'allow');
  const allows = windows.filter(({ kind }) => kind === 'allow');
  if (allows.length > 0 && allowing.length === 0) return { open: false, deciding: allows };
  return { open: true, deciding: allowing.length > 0 ? allowing : windows };
}

function nextChange(
  at: number,
  open: boolean,
  windows: readonly Window[],
  spans: readonly Span[],
  searchedTo: number,
): number | undefined {
  const edges = spans.flatMap(({ from, to }) => [from, to]).filter((edge) => edge > at && edge <= searchedTo);
  return [...new Set(edges)].sort((a, b) => a - b).find((edge) => momentAt(edge, windows, spans).open !== open);
}

function reasonOf({ open, deciding }: Moment, changesAt: number | undefined): string {
  const names = deciding.map(({ name }) => name).join(', ');
  const until = changesAt === undefined ? '' : ` until ${new Date(changesAt).toISOString().replace('.000Z', 'Z')}`;
  if (open && deciding.every(({ kind }) => kind === 'deny')) return `open${until}: ${names} is not active`;
  if (open) return `open${until}, by ${names}`;
  if (deciding[0]?.kind === 'allow') return `closed${until}: ${names} is not active`;
  const why = deciding.flatMap(({ reason }) => (reason === undefined ? [] : [reason])).join('; ');
  return `closed${until} by ${names}${why === '' ? '' : ` (${why})`}`;
}
