import type { z } from 'zod';
import { compact, type guard } from '../../contract/release-view.ts';
import { ignoreFailure } from '../../domain/errors.ts';
import { cleanText, maskSecrets } from '../../domain/safe-text.ts';
import { noDataText } from '../../domain/release/no-data.ts';
import type { ReleaseView } from '../../domain/release/view.ts';
import type { CommandContext } from '../../commands/command.ts';
import type { KnownGuard } from '../../temporal/gateway.ts';
import { dataMissingSince } from './newest-evidence.ts';

export type ShownGuard = z.output<typeof guard>;

const safe = (text: string): string => maskSecrets(cleanText(text));

/** The guard of what this run released; undefined: there was none, or Temporal does not answer for it. */
export async function guardOf(
  { gateway, journal }: Pick<CommandContext, 'gateway' | 'journal'>,
  view: Pick<ReleaseView, 'id' | 'runId' | 'state'>,
): Promise<ShownGuard | undefined> {
  if (view.state !== 'succeeded') return undefined;
  const found = await gateway.guard(view.id).catch(ignoreFailure);
  if (found?.releaseRunId !== view.runId) return undefined;
  const since = found.open ? await dataMissingSince({ journal }, view.runId) : undefined;
  return toGuard(found, since);
}

function toGuard({ state, reason, view }: KnownGuard, since: number | undefined): ShownGuard {
  return compact({
    state,
    reason: safe(since === undefined ? reason : `${reason}. ${noDataText(since)}`),
    until: view && new Date(view.until).toISOString(),
    verdict: view?.verdict && safe(`${view.verdict.outcome}: ${view.verdict.reason}`),
    answers: view?.waiting && [...view.waiting.answers],
  });
}

/** The guard in one line. */
export function guardText(shown: ShownGuard | undefined): string {
  return shown ? `Guard ${shown.state}: ${shown.reason}` : '';
}

/** What a caller can usefully do now; undefined: nothing because of the guard. */
export function nextOfGuard(shown: ShownGuard | undefined): string | undefined {
  if (shown?.answers?.length)
    return 'The guard asks: answer with release_abort (back to the version before) or release_resume (keep this one).';
  return shown?.state === 'guarding'
    ? `The release has ended, and its version is watched until ${shown.until ?? 'the guard ends'}. release_rollback brings the version before it back.`
    : undefined;
}
