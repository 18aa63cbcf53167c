import { SluiceError } from '../../domain/errors.ts';
import { plural } from '../../domain/plural.ts';
import { isRenderingOf } from '../../domain/helm/stable-render.ts';
import { chartText, releaseText, type HelmRevision } from '../../domain/helm/release.ts';
import type { CommandContext } from '../../commands/command.ts';
import type { HelmDraft } from './action.ts';
import { problemText } from './readiness.ts';
import { renderedObjects } from './rendered.ts';
import { recordsOf } from './revisions.ts';
import { untilReady, type Settled } from './settled.ts';

type Result = Parameters<HelmDraft['settled']>[0];
type Known = Pick<HelmDraft, 'at' | 'record' | 'shape' | 'wanted'>;

/** What came of an installation, an upgrade or a rollback. */
export async function deployed(
  context: CommandContext,
  draft: Known,
  { failure }: Result,
  seconds: number,
): Promise<Settled> {
  const now = await newestOf(context, draft);
  if (now instanceof SluiceError)
    return {
      changed: true,
      effective: 'pending',
      reason: `${failure ?? 'Helm has done it'}; the release could not be read back: ${now.message}`,
      next: 'Call helm_status.',
    };
  const isNew = now !== undefined && now.revision !== draft.record?.revision;
  if (failure !== undefined) return failed(context, draft, failure, isNew ? now : undefined);
  if (!isNew)
    return {
      changed: false,
      effective: 'pending',
      reason: `Helm ended without an error, and stored no new revision of ${releaseText(draft.at)}`,
    };
  return proved(context, draft, now, seconds);
}

async function newestOf(context: CommandContext, { at }: Known): Promise<HelmRevision | SluiceError | undefined> {
  try {
    const [record] = await recordsOf(context, at);
    return record && (await context.ports.helmReleases.open(record));
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    return error.code === 'NAMESPACE_NOT_FOUND' ? undefined : error;
  }
}

/** Helm ended with an error. Without a new revision nothing was written. */
async function failed(
  context: CommandContext,
  { at }: Known,
  failure: string,
  now: HelmRevision | undefined,
): Promise<Settled> {
  if (!now) return { changed: false, effective: 'refused', reason: `${failure} Nothing was changed.` };
  const { problems } = await untilReady(context, at, renderedObjects(now.manifest), 0);
  return {
    changed: true,
    effective: 'refused',
    reason: [`${failure} Revision ${now.revision} is ${now.status}.`, ...problems.slice(0, 3).map(problemText)].join(
      ' ',
    ),
    revision: now.revision,
    status: now.status,
    problems,
    next:
      now.status === 'failed'
        ? 'Call helm_plan with the action rollback, or with upgrade and corrected values.'
        : 'Call helm_status. If nobody runs Helm any more, call helm_plan with the action unlock, then helm_unlock.',
  };
}

async function proved(context: CommandContext, draft: Known, now: HelmRevision, seconds: number): Promise<Settled> {
  const { at, shape } = draft;
  const { revision, status, chart } = now;
  const head = `${releaseText(at)} is revision ${revision} of ${chartText(chart)}, ${status}`;
  const known = { changed: true, revision, status };
  const stored = renderedObjects(now.manifest);
  if (status !== 'deployed' || !isRenderingOf(shape, stored))
    return {
      ...known,
      effective: 'pending',
      reason: `${head}, and is not what the plan has shown: somebody may have changed it since`,
      next: 'Call helm_history.',
    };
  const { total, problems } = await untilReady(context, at, stored, seconds);
  if (problems.length === 0)
    return {
      ...known,
      effective: 'proved',
      reason: `${head}, as planned; ${plural(total, 'object')} ready`,
      problems,
    };
  return {
    ...known,
    effective: 'pending',
    reason: [
      `${head}, as planned; ${problems.length} of ${plural(total, 'object')} not ready.`,
      ...problems.slice(0, 3).map(problemText),
    ].join(' '),
    problems,
    next: 'Call helm_status to look again, or helm_plan with the action rollback.',
  };
}
