import type { ReleaseOutput } from '../../contract/release-view.ts';
import { guardText, type ShownGuard } from './guard-of.ts';
import type { Live } from './live.ts';
import { proofWords } from '../../domain/release/weight-words.ts';
import { verdictWords } from '../../domain/release/verdict-words.ts';
import { withWho } from '../../domain/with-who.ts';

interface Shown extends ReleaseOutput {
  readonly live?: Live | undefined;
  readonly guard?: ShownGuard | undefined;
  readonly queue?: { readonly detail: string } | undefined;
  readonly next: string;
}

/** A release in a few lines for people and models. */
export function releaseText(view: Shown): string {
  return [
    head(view),
    view.update === undefined ? '' : `Started by ${view.update}`,
    view.reason,
    guardText(view.guard),
    podsLine(view),
    weightLine(view),
    verdictLine(view),
    windowLine(view),
    lastEvents(view),
    view.queue === undefined ? '' : `Queue: ${view.queue.detail}`,
    view.next,
  ]
    .filter(Boolean)
    .join('\n');
}

function head({ state, target, image, step, release_id: id, started_by: by }: Shown): string {
  const where = step ? ` step ${Math.min(step.index + 1, step.of)}/${step.of}` : '';
  return `${state}${where}: ${target.namespace}/${target.rollout} on ${target.cluster} → ${image} (by ${by})\n${id}`;
}

function weightLine({
  state,
  weight_wanted: wanted,
  weights,
  live,
  closed_at: closed,
  users_percent: users,
  image,
}: Shown): string {
  if (closed !== undefined) return users === undefined ? '' : usersAtEnd({ state, image, closed, users });
  const words = proofWords(wanted, weights);
  const proof = words === '' ? '' : `; ${words}`;
  const now =
    live && live.traefik.length > 0
      ? `; proxies now ${live.traefik.map(({ weight }) => weight ?? '?').join(', ')}`
      : '';
  return `Weight wanted ${wanted} %${proof}${now}${live?.problem ? `; live data incomplete: ${live.problem}` : ''}`;
}

/** The weight of a run that was ended from outside was not read back. */
function usersAtEnd(end: { state: Shown['state']; image: string; closed: string; users: number }): string {
  const were = end.state === 'failed-needs-human' ? 'were meant to be' : 'were';
  return `At its end, ${end.closed}, ${end.users} % of the users ${were} on ${end.image}`;
}

function podsLine({ live }: Shown): string {
  return live?.pods === undefined ? '' : `Pods of the new version: ${live.pods}`;
}

/** The verdict, unless the reason tells it already. */
function verdictLine({ state, verdict, reason }: Shown): string {
  if (!verdict) return '';
  const head = `${verdictWords(state, verdict.to)}: ${verdict.outcome}`;
  return reason.includes(verdict.reason) ? head : `${head}: ${verdict.reason}`;
}

/** The windows, unless the reason tells them already. */
function windowLine({ window, reason }: Shown): string {
  return window === undefined || reason.includes(window.reason) ? '' : `Windows: ${window.reason}`;
}

/** The last events that say something which the lines above do not. */
function lastEvents({ events, reason, verdict }: Shown): string {
  const told = ({ text }: Shown['events'][number]) =>
    reason.includes(text) || (verdict !== undefined && text.includes(verdict.reason));
  return events
    .slice(-3)
    .filter((event) => !told(event))
    .map(({ at, text, who }) => `${at.slice(11, 19)} ${withWho(text, who)}`)
    .join('\n');
}
