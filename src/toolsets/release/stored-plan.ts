import { createHash } from 'node:crypto';
import type { CommandContext } from '../../commands/command.ts';
import { parseReleaseFile, releaseFile, type ReleaseFile } from '../../contract/release-file.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { Preflight, ReleaseSpec } from '../../domain/release/plan.ts';
import { canonicalJson, planDigest, planFacts } from '../../domain/release/plan-digest.ts';
import type { StoredPlan } from '../../ports/plans.ts';

/** How long after its creation a plan can be started. */
export const PLAN_VALID_MS = 15 * 60_000;

export interface PlanId {
  readonly plan_id: string;
  /** ISO 8601. */
  readonly valid_until: string;
}

/** Stores a plan that is ready, so that release_start can take its id. */
export async function savePlan(
  { plans, ports }: CommandContext,
  file: ReleaseFile,
  spec: ReleaseSpec,
  plan: NonNullable<Preflight['plan']>,
): Promise<PlanId> {
  const facts = planFacts(spec, plan);
  const madeAt = ports.now();
  const id = digestOf(facts);
  await plans.save({ id, madeAt, file, cluster: spec.target.cluster, facts });
  return { plan_id: id, valid_until: new Date(madeAt + PLAN_VALID_MS).toISOString() };
}

/** Errors: PLAN_NOT_FOUND. */
export async function findPlan({ plans }: Pick<CommandContext, 'plans'>, id: string): Promise<StoredPlan> {
  const stored = await plans.find(id);
  if (stored) return stored;
  throw new SluiceError('PLAN_NOT_FOUND', `This server has no plan ${id}. Nothing was started.`);
}

/** The release file of a plan, with the cluster for which it was made. */
export function fileOf({ file, cluster }: StoredPlan): ReleaseFile {
  const checked = parseReleaseFile(releaseFile, file);
  return { ...checked, target: { ...checked.target, cluster } };
}

/** Errors: PLAN_EXPIRED. */
export function requireValid({ id, madeAt }: StoredPlan, now: number): void {
  if (now - madeAt <= PLAN_VALID_MS) return;
  throw new SluiceError(
    'PLAN_EXPIRED',
    `The plan ${id} was made at ${new Date(madeAt).toISOString()} and was valid for ${PLAN_VALID_MS / 60_000} minutes. Nothing was started.`,
  );
}

/** Errors: PLAN_CHANGED, with the names of the facts that have changed. */
export function requireUnchanged(stored: StoredPlan, spec: ReleaseSpec, plan: NonNullable<Preflight['plan']>): void {
  const facts = planFacts(spec, plan);
  if (digestOf(facts) === stored.id) return;
  const names = [...new Set([...Object.keys(stored.facts), ...Object.keys(facts)])];
  const changed = names.filter((name) => canonicalJson(stored.facts[name]) !== canonicalJson(facts[name]));
  throw new SluiceError(
    'PLAN_CHANGED',
    `Since the plan ${stored.id} was made, this has changed: ${changed.join(', ') || 'the plan itself'}. Nothing was started.`,
    { details: { changed } },
  );
}

const digestOf = (facts: Readonly<Record<string, unknown>>): string =>
  planDigest(facts, (text) => createHash('sha256').update(text).digest('hex'));
