import { finding, type CheckedPlace, type CheckServices, type Finding } from '../../commands/doctor-check.ts';
import { parseReleaseFile, releaseFile } from '../../contract/release-file.ts';
import { toReleaseSpec } from '../../contract/release-spec.ts';
import { argoStrategyName } from '../../domain/argo-strategies.ts';
import type { Preflight } from '../../domain/release/plan.ts';
import type { RolloutState } from '../../domain/rollout.ts';

/** More would make the command slow. */
const MOST = 20;
/** No Rollout runs it, so the plan would change the image. Nothing is started. */
const ANOTHER_IMAGE = 'example.invalid/another:image';
/** Checks of systems that the command reports by themselves. */
const ELSEWHERE: readonly string[] = ['prometheus', 'traefik'];

/** Whether a release would take each Rollout of the namespace. A list that cannot be read is reported elsewhere. */
export async function rolloutFindings(services: CheckServices, place: CheckedPlace): Promise<readonly Finding[]> {
  const all = await services.ports.rolloutObjects.list(place).catch(() => []);
  const judged = await Promise.all(all.slice(0, MOST).map((one) => rolloutFinding(services, one)));
  const left = all.length - judged.length;
  return left > 0
    ? [...judged, { name: 'more Rollouts', state: 'skipped', detail: `${left} more were not checked for a release` }]
    : judged;
}

async function rolloutFinding(services: CheckServices, seen: RolloutState): Promise<Finding> {
  const { namespace, rollout } = seen.target;
  const name = `release of ${namespace}/${rollout}`;
  if (seen.owner) return { name, state: 'skipped', detail: `the release ${seen.owner.releaseId} holds it` };
  return finding(name, async () => {
    const spec = specOf(services, seen);
    // The file of a release has its metrics, and no file is read here.
    const found = await services.preflight({ ...spec, analysis: { ...spec.analysis, untried: true } });
    const problems = problemsOf(found);
    const [first] = problems;
    const withMetric = found.plan?.controllerOnly ? ' with a metric of its own' : '';
    if (!first) return `${spec.strategy}: a release${withMetric} would take it`;
    const detail = problems.map((one) => `${one.name}: ${one.detail}`).join('; ');
    return { name, state: 'missing', detail, ...(first.next === undefined ? {} : { next: first.next }) };
  });
}

function specOf({ settings }: CheckServices, seen: RolloutState) {
  const { cluster, namespace, rollout } = seen.target;
  const known = releaseFile.shape.strategy.safeParse(argoStrategyName(seen)).data;
  const [container] = Object.keys(seen.images);
  const file = {
    target: { namespace, rollout },
    image: ANOTHER_IMAGE,
    ...(known ? { strategy: known } : {}),
    ...(container === undefined ? {} : { container }),
  };
  return toReleaseSpec(parseReleaseFile(releaseFile, file, settings.defaultStrategy), cluster, settings);
}

/** The failed checks that are matters of the Rollout. */
function problemsOf({ checks }: Preflight): Preflight['checks'] {
  return checks.filter(({ ok, name }) => !ok && !ELSEWHERE.includes(name) && !name.startsWith('query '));
}
