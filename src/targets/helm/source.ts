import { SluiceError } from '../../domain/errors.ts';
import { releaseText } from '../../domain/helm/release.ts';
import { common, varyingPaths } from '../../domain/helm/stable-render.ts';
import type { ReleaseSpec } from '../../domain/release/plan.ts';
import type { HelmSource } from '../../domain/release/version-source.ts';
import type { SourceFound, WorkloadPort } from '../../ports/workload.ts';
import { checksOf } from './checks.ts';
import type { Rendered } from './facts.ts';
import { digestOf, objectsIn } from './manifest.ts';
import { callOf, changeOf, chartOf, newestRecord, releaseAt, type HelmSystems } from './records.ts';

/** Renders the chart, and compares it with the newest revision and with the target. Changes nothing. */
export async function planSource(base: WorkloadPort, systems: HelmSystems, spec: ReleaseSpec): Promise<SourceFound> {
  const { helm: source, target } = spec;
  if (!source) return refused('the release file has no field helm', 'Name the chart in `helm`.');
  try {
    const { rendered, varying } = await renderedBy(systems, spec, source);
    const checks = await checksOf(base, systems, spec, source, rendered);
    if (!checks.every(({ ok }) => ok)) return { checks };
    const { from, present, wanted } = rendered;
    const fixed = { revision: from.revision, image: spec.image, varying };
    const digests = { digest: digestOf(wanted, varying), before: digestOf(present, varying) };
    return { checks, plan: { helm: { ...source, ...fixed, ...digests } } };
  } catch (error) {
    if (!(error instanceof SluiceError) || error.code.startsWith('CLUSTER_')) throw error;
    const where = releaseText(releaseAt(target, source));
    return refused(`Helm release ${where}: ${error.message}`, error.next);
  }
}

function refused(detail: string, next: string): SourceFound {
  return { checks: [{ name: 'helm', ok: false, detail, next }] };
}

/** The chart is rendered twice, so that values that it makes at random are known. */
async function renderedBy(
  systems: HelmSystems,
  { target }: ReleaseSpec,
  source: HelmSource,
): Promise<{ readonly rendered: Rendered; readonly varying: readonly string[] }> {
  const call = callOf(source);
  const record = await newestRecord(systems, releaseAt(target, source));
  const from = await systems.helmReleases.open(record);
  return systems.helm.withChart(chartOf(source), call, async (chart) => {
    const change = await changeOf(systems, target, source, chart);
    const to = await systems.helm.render(change, call);
    const wanted = objectsIn(to.manifest);
    const again = objectsIn((await systems.helm.render(change, call)).manifest);
    const rendered = { status: record.status, from, present: objectsIn(from.manifest), to, wanted };
    return { rendered, varying: varyingPaths(common(wanted, again)) };
  });
}
