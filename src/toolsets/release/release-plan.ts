import { LISTED_FIELDS, parseReleaseFile, releaseFile } from '../../contract/release-file.ts';
import { releaseId } from '../../domain/release/target.ts';
import type { Command, CommandContext } from '../../commands/command.ts';
import type { Preflight, ReleasePlan, ReleaseSpec } from '../../domain/release/plan.ts';
import { identified } from './identified.ts';
import { withApprovers } from './approvers-check.ts';
import { withRunning } from './running-check.ts';
import { savePlan } from './stored-plan.ts';
import { specOf } from './spec-of.ts';
import { planOutput, toPlanOutput } from './plan-output.ts';
import { planText } from './plan-text.ts';
import { windowChecks } from './windows-check.ts';
import { skipsSteps } from '../../domain/release/fast-track.ts';
import { readOutlook } from '../../planning/outlook.ts';
import { plural } from '../../domain/plural.ts';

export const exampleRelease = { target: { namespace: 'shop', rollout: 'web' }, image: 'shop:v2' };

export const releasePlan: Command<typeof releaseFile, typeof planOutput> = {
  name: 'release_plan',
  title: 'Plan a release',
  description:
    'Checks everything that a release needs and shows what it would do; changes nothing. Answers a plan_id for release_start.',
  kind: 'read',
  idempotent: true,
  toolset: 'release',
  document: 'release file',
  input: releaseFile,
  listed: { input: LISTED_FIELDS, output: Object.keys(planOutput.shape).filter((name) => name !== 'would') },
  output: planOutput,
  examples: [{ title: 'A canary with the defaults', input: exampleRelease }],
  check: (raw) => parseReleaseFile(releaseFile, raw ?? {}),
  async run(context, input) {
    const spec = await identified(context, await specOf(context, input));
    const id = releaseId(spec.target);
    const read = context.readOnly ? await withoutQueries(context, spec) : await context.preflight(spec);
    const { found, would } = await withRunning(context, spec, withApprovers(context, spec, read));
    const shown = { ...found, checks: [...found.checks, ...(await windowChecks(context, spec))] };
    const stored = found.plan && (await savePlan(context, input, spec, found.plan));
    const judged = found.plan !== undefined && !skipsSteps(found.checks);
    const expected = judged ? await expectedOf(context, spec, found.plan) : undefined;
    return toPlanOutput(id, spec, { ...shown, would }, stored, expected);
  },
  problem: ({ ready, would, checks }) =>
    ready || (would !== 'refuse' && checks.every(({ ok }) => ok)) ? undefined : 'PREFLIGHT_FAILED',
  text: planText,
};

/** Undefined if Prometheus no longer answers. */
async function expectedOf({ worlds }: CommandContext, spec: ReleaseSpec, plan: ReleasePlan) {
  return readOutlook(await worlds.of(spec.target.cluster, spec.clusterUid, spec), spec, plan);
}

/**
 * The plan of a read-only server. It queries Prometheus only for the counters of the target, and never for the caller's
 * queries: a query could read data that other tenants store there.
 */
async function withoutQueries(context: CommandContext, spec: ReleaseSpec): Promise<Preflight> {
  const { metrics = [], ...analysis } = spec.analysis;
  if (metrics.length === 0) return context.preflight(spec);
  const found = await context.preflight({ ...spec, analysis: { ...analysis, untried: true } });
  const untried = {
    name: 'queries',
    ok: true,
    detail: `not tried: ${plural(metrics.length, 'metric')} of the release, because this server only reads`,
    next: 'Plan again where writing is allowed, to see what the queries answer.',
  };
  return { ...found, checks: [...found.checks, untried] };
}
