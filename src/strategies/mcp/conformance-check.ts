import { plural } from '../../domain/plural.ts';
import { bad, ok } from '../../domain/release/preflight-checks.ts';
import type { Check } from '../../domain/release/plan.ts';
import { SluiceError } from '../../domain/errors.ts';
import { CONFORMANCE_REVISION, conformanceProblems, type Scenario } from '../../domain/servers/conformance.ts';
import type { ArmServices, SplitPort, TrafficRef } from '../../ports/split.ts';

const NAME = 'conformance';
const SHOWN = 5;

/** Runs the public suite against the new version. `expected`: scenarios that must fail still. */
export async function conformanceCheck(
  split: Pick<SplitPort, 'conform'>,
  ref: TrafficRef,
  arms: ArmServices,
  expected: readonly Scenario[],
): Promise<Check> {
  try {
    const results = (await split.conform?.(ref, arms)) ?? [];
    if (results.length === 0)
      return bad(
        NAME,
        `the public suite has scenarios of ${CONFORMANCE_REVISION} only, and the version does not speak this revision`,
        'Leave conformance out of the release file.',
      );
    const problems = conformanceProblems(results, expected);
    if (problems.length > 0)
      return bad(
        NAME,
        words(problems),
        'Correct the version, or change conformance.expected_failures of the release file.',
      );
    const failing = expected.length === 0 ? '' : `, ${expected.length} of them as expected with failures`;
    return ok(NAME, `${plural(results.length, 'scenario')} of the public suite for ${CONFORMANCE_REVISION}${failing}`);
  } catch (error) {
    if (error instanceof SluiceError) return bad(NAME, error.message, error.next);
    throw error;
  }
}

function words(problems: readonly string[]): string {
  const more = problems.length > SHOWN ? [`and ${problems.length - SHOWN} more`] : [];
  return [...problems.slice(0, SHOWN), ...more].join('; ');
}
