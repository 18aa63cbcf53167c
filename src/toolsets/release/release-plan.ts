import { LISTED_FIELDS, parseReleaseFile, releaseFile } from '../../contract/release-file.ts';
import { releaseId } from '../../domain/release/target.ts';
import type { Command, CommandContext } from '../../commands/command.ts';
import type { Preflight, ReleaseSpec } from '../../domain/release/plan.ts';
import { identified } from './identified.ts';
import { savePlan } from './stored-plan.ts';
import { specOf } from './spec-of.ts';
import { planOutput, toPlanOutput, type PlanOutput } from './plan-output.ts';

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
  listed: { input: LISTED_FIELDS },
  output: planOutput,
  examples: [{ title: 'A canary with the defaults', input: exampleRelease }],
  check: (raw, settings) => parseReleaseFile(releaseFile, raw ?? {}, settings.defaultStrategy),
  async run(context, input) {
    const spec = await identified(context, await specOf(context, input));
    const found = context.readOnly ? await withoutQueries(context, spec) : await context.preflight(spec);
    const stored = found.plan && (await savePlan(context, input, spec, found.plan));
    return toPlanOutput(releaseId(spec.target), spec, found, stored);
  },
  problem: ({ ready }) => (ready ? undefined : 'PREFLIGHT_FAILED'),
  text: planText,
};

/**
 * The plan of a read-only server. It queries Prometheus only for the counters of the target, and never for the caller's
 * queries: a query could read data that other tenants store there.
 */
async function withoutQueries(context: CommandContext, spec: ReleaseSpec): Promise<Preflight> {
  const { metrics = [], ...analysis } = spec.analysis;
  if (metrics.length === 0) return context.preflight(spec);
  const found = await context.preflight({ ...spec, analysis });
  const untried = {
    name: 'queries',
    ok: true,
    detail: `not tried: ${metrics.length} metric(s) of the release, because this server only reads`,
    next: 'Plan again where writing is allowed, to see what the queries answer.',
  };
  return { ...found, checks: [...found.checks, untried] };
}

function planText(plan: PlanOutput): string {
  const { cluster, namespace, rollout } = plan.target;
  const line = (mark: string, { name, detail, next }: PlanOutput['checks'][number]) =>
    `${mark} ${name}: ${detail}${next ? ` → ${next}` : ''}`;
  const failed = plan.checks.filter(({ ok }) => !ok).map((one) => line('✗', one));
  const warnings = plan.checks.filter(({ ok, next }) => ok && next !== undefined).map((one) => line('!', one));
  const head = plan.ready ? 'Ready' : `Not ready, ${failed.length} check(s) failed`;
  const images = plan.from_image ? `${plan.from_image} → ${plan.to_image}` : plan.to_image;
  const weights = plan.weights.length > 0 ? `, weights ${plan.weights.join(' → ')} %` : '';
  const next = plan.ready
    ? `Nothing was changed. Start it with release_start and plan_id "${plan.plan_id}", until ${plan.valid_until}, or with the same input.`
    : 'Nothing was changed. Correct the failed checks and plan again.';
  return [
    `${head}: ${plan.strategy} of ${namespace}/${rollout} on ${cluster}: ${images}${weights}`,
    ...failed,
    ...warnings,
    next,
  ].join('\n');
}
