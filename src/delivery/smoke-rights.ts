import { SMOKE_TESTS } from '../domain/release/smoke-check.ts';
import type { Check, ReleasePlan } from '../domain/release/plan.ts';
import { bad } from '../domain/release/preflight-checks.ts';
import type { Target } from '../domain/release/target.ts';
import type { ServiceCallsPort } from '../ports/service-calls.ts';

/**
 * Why the account of this process cannot run the tests of a plan. Undefined if it can, or there are none. A plan that
 * another process makes does not ask: the account of the worker decides. Errors: CLUSTER_UNREACHABLE.
 */
export async function untestable(
  calls: ServiceCallsPort,
  { cluster, namespace }: Target,
  { smoke }: ReleasePlan,
): Promise<Check | undefined> {
  const verbs = smoke ? await calls.missingVerbs({ cluster, namespace }) : [];
  if (verbs.length === 0) return undefined;
  const detail = `the account of the worker may not ${verbs.join(' and ')} services/proxy in ${namespace}, by which they run`;
  return bad(SMOKE_TESTS, detail, 'Give it these rights (docs/smoke-tests.md), or leave out smoke_tests.');
}
