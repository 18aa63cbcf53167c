import { imageOf } from '../../domain/rollout.ts';
import { SluiceError } from '../../domain/errors.ts';
import { chartText, isHeld, releaseText, type HelmReleaseAt, type HelmRevision } from '../../domain/helm/release.ts';
import type { HelmPlan } from '../../domain/release/version-source.ts';
import type { Target } from '../../domain/release/target.ts';
import type { HelmRecord } from '../../ports/helm-releases.ts';
import type { Change, Refusal, WorkloadPort, WriteResult } from '../../ports/workload.ts';
import { digestOf, objectsIn } from './manifest.ts';
import { requireRights } from './rights.ts';
import { callOf, changeOf, chartOf, heldBy, newestRecord, releaseAt, type HelmSystems } from './records.ts';

interface Wanted {
  readonly base: WorkloadPort;
  readonly systems: HelmSystems;
  readonly target: Target;
  readonly plan: HelmPlan;
  readonly container: string;
  /** The image that the target has afterwards. */
  readonly image: string;
}

/** Helm ends an operation within the time for its hooks. After this much more nobody runs it. */
const ABANDONED_MS = 180_000;

/** One change of the version. It may run again at any point: what Helm has stored says how far it has come. */
export class Setting {
  readonly #wanted: Wanted;
  readonly #at: HelmReleaseAt;

  constructor(wanted: Wanted) {
    this.#wanted = wanted;
    this.#at = releaseAt(wanted.target, wanted.plan);
  }

  /** Whether Helm has no newer revision than the one that was planned with. */
  async isUntouched(): Promise<boolean> {
    return (await newestRecord(this.#wanted.systems, this.#at)).revision === this.#wanted.plan.revision;
  }

  async upgrade(): Promise<WriteResult> {
    const { plan } = this.#wanted;
    const { record, revision, holds } = await this.#newest();
    if (holds === 'new' && record.status === 'deployed') return this.#proved(revision, false);
    if (holds !== 'new' && record.revision !== plan.revision) return this.#changedByOther(revision);
    await this.#runUpgrade(revision);
    return this.#proved((await this.#newest()).revision, true);
  }

  async back(): Promise<WriteResult> {
    const { systems, plan } = this.#wanted;
    const { record, revision, holds } = await this.#newest();
    if (holds === 'other') return this.#changedByOther(revision);
    if (holds === 'before' && record.status === 'deployed') return this.#proved(revision, false);
    const { hookSeconds, takeOver } = plan;
    await systems.helm.rollback(this.#at, plan.revision, { hookSeconds, takeOver }, callOf(plan));
    return this.#proved((await this.#newest()).revision, true);
  }

  /** Errors: CONFLICT while an operation of Helm runs. One that nobody runs any more is marked as failed. */
  async #newest() {
    const { systems, plan } = this.#wanted;
    const record = await newestRecord(systems, this.#at);
    const revision = await systems.helmReleases.open(record);
    if (isHeld(record.status)) throw await this.#held(record, revision);
    return { record, revision, holds: heldBy(revision, plan) };
  }

  async #held(record: HelmRecord, { updated }: HelmRevision): Promise<SluiceError> {
    const { systems, plan } = this.#wanted;
    const where = `Revision ${record.revision} of the Helm release ${releaseText(this.#at)} is ${record.status}`;
    const until = Date.parse(updated) + plan.hookSeconds * 1000 + ABANDONED_MS;
    if (!(Date.now() > until)) return new SluiceError('CONFLICT', `${where}: its end is waited for.`);
    await systems.helmReleases.markFailed(record, 'Sluice: the operation was abandoned');
    return new SluiceError('CONFLICT', `${where}, and nobody ran it any more: it was marked as failed.`);
  }

  /** `newest`: the revision that is there. Errors: PLAN_CHANGED, FORBIDDEN. */
  async #runUpgrade(newest: HelmRevision): Promise<void> {
    const { systems, target, plan } = this.#wanted;
    const call = callOf(plan);
    await systems.helm.withChart(chartOf(plan), call, async (chart) => {
      const change = await changeOf(systems, target, plan, chart);
      const rendered = await systems.helm.render(change, call);
      const wanted = objectsIn(rendered.manifest);
      if (digestOf(wanted, plan.varying) !== plan.digest) throw this.#renderedOther();
      await requireRights(systems, target, objectsIn(newest.manifest), wanted);
      await systems.helm.change(change, call);
    });
  }

  #renderedOther(): SluiceError {
    const message = `The chart ${this.#wanted.plan.chart} renders something else than when the release was planned. Nothing was changed.`;
    return new SluiceError('PLAN_CHANGED', message, {
      next: 'Look at the chart and its values, then start the release again.',
    });
  }

  #changedByOther({ revision, chart }: HelmRevision): Refusal {
    const detail = `somebody else changed the Helm release ${releaseText(this.#at)}: it is at revision ${revision} (${chartText(chart)})`;
    return { refused: true, detail };
  }

  /** Errors: CONFLICT if the target does not have the image. */
  async #proved({ revision, chart, description }: HelmRevision, changed: boolean): Promise<Change> {
    const { base, target, container, image } = this.#wanted;
    const seen = imageOf(await base.read(target), container);
    const source = `Helm release ${releaseText(this.#at)} is at revision ${revision} (${chartText(chart)}): ${description}`;
    if (seen === image) return { changed, detail: source, source };
    throw new SluiceError(
      'CONFLICT',
      `${source}; but container ${container} has image ${seen ?? 'none'}, not ${image}.`,
    );
  }
}
