import { imageOf } from '../../domain/rollout.ts';
import { SluiceError } from '../../domain/errors.ts';
import { chainOf as runsOf, type Owner, type Target } from '../../domain/release/target.ts';
import type { FluxPlan } from '../../domain/release/version-source.ts';
import type { BranchFile } from '../../ports/branches.ts';
import type { VersionSystems } from '../../ports/version-systems.ts';
import type { Refusal, WorkloadPort, WriteResult } from '../../ports/workload.ts';
import { applied, chainOf, type Chain } from './applied.ts';
import { findField, withValue, type Field } from './field.ts';
import type { Wait } from './reconcile.ts';

interface Wanted {
  readonly base: WorkloadPort;
  readonly systems: VersionSystems;
  readonly target: Target;
  readonly plan: FluxPlan;
  readonly wait: Wait;
  readonly container: string;
  /** The image that the target has afterwards. */
  readonly image: string;
  readonly owner: Owner;
}

interface FileNow extends BranchFile {
  readonly text: string;
  readonly field: Field;
}

/** One change of the version in Git. It may run again at any point: the branch says how far it has come. */
export class Setting {
  readonly #wanted: Wanted;
  /** The values of the field before and afterwards. */
  readonly #from: string;
  readonly #to: string;
  readonly #mark: string;
  /** A Kustomization that waits for health is not ready while a Rollout is held, so only the way back waits for it. */
  readonly #isForward: boolean;
  /** The branch that gets the commit. */
  readonly #into: string;

  constructor(wanted: Wanted) {
    const { plan, image, owner } = wanted;
    const isBack = image !== plan.image;
    this.#wanted = wanted;
    this.#isForward = !isBack;
    [this.#from, this.#to] = isBack ? [plan.to, plan.from] : [plan.from, plan.to];
    this.#mark = markOf(owner, isBack ? 'revert' : 'release');
    this.#into = plan.pushTo === undefined ? plan.branch : `${plan.pushTo}${isBack ? '-revert' : ''}`;
  }

  async run(): Promise<WriteResult> {
    const { plan, systems, target } = this.#wanted;
    const chain = await chainOf(systems.clusterObjects, target.cluster, plan);
    const now = await this.#file(plan.branch);
    const isThere = now.field.value === this.#to;
    if (!isThere && now.field.value !== this.#from)
      return refusal(`somebody else changed ${now.field.path} of ${plan.file} on ${plan.branch} to ${now.field.value}`);
    if (!isThere) {
      const earlier = await systems.branches.marked(plan, this.#mark);
      if (earlier !== undefined)
        return refusal(`commit ${short(earlier)} of this release was taken back on ${plan.branch} by somebody else`);
      await this.#commit(now);
    } else await this.#withdrawRequest();
    return this.#applied(chain, !isThere);
  }

  /** Commits to the branch, or asks for the merge of another branch and waits for it. */
  async #commit(now: FileNow): Promise<void> {
    const { plan, systems, wait } = this.#wanted;
    const isDirect = this.#into === plan.branch;
    const asked = isDirect ? undefined : await systems.branches.marked({ ...plan, branch: this.#into }, this.#mark);
    if (asked === undefined) await this.#push(now);
    if (isDirect) return;
    await wait(async () => ((await this.#file(plan.branch)).field.value === this.#to ? true : undefined));
  }

  async #push({ text, field }: FileNow): Promise<void> {
    const { plan, systems, image, target } = this.#wanted;
    const place = { url: plan.url, base: plan.branch, branch: this.#into, file: plan.file };
    const message = `Set ${target.namespace}/${target.rollout} to ${image}`;
    try {
      const to = withValue(text, field, this.#to);
      await systems.branches.commit({ ...place, from: text, to, message, mark: this.#mark });
    } catch (error) {
      if (!(error instanceof SluiceError) || error.code !== 'REPOSITORY_CHANGED') throw error;
      throw new SluiceError('CONFLICT', error.message, { cause: error });
    }
  }

  /** A request for a merge that nobody has merged would bring the version back later. */
  async #withdrawRequest(): Promise<void> {
    const { plan, systems, image, owner } = this.#wanted;
    if (plan.pushTo === undefined || image === plan.image) return;
    const at = { url: plan.url, branch: plan.pushTo };
    const open = await systems.branches.read(at, plan.file);
    const ours = open && (await systems.branches.marked(at, markOf(owner, 'release')));
    if (open && open.head === ours) await systems.branches.remove(at, open.head);
  }

  /** Errors: CONFLICT if the file or the field is missing. */
  async #file(branch: string): Promise<FileNow> {
    const { plan, systems, target, container } = this.#wanted;
    const read = await systems.branches.read({ url: plan.url, branch }, plan.file);
    const of = { field: plan.field, rollout: target.rollout, container, image: plan.image };
    const field = read?.text === undefined ? `there is no ${plan.file} on ${branch}` : findField(read.text, of);
    if (typeof field === 'string') throw new SluiceError('CONFLICT', `The version cannot be set in Git: ${field}.`);
    return { ...(read as BranchFile), text: read?.text ?? '', field };
  }

  /** Waits until Flux has applied the commit, and the target has the image. */
  async #applied(chain: Chain, changed: boolean): Promise<WriteResult> {
    const { systems, plan, wait } = this.#wanted;
    const awaited = { wait, isForward: this.#isForward, hasImage: () => this.#hasImage() };
    const source = await applied(systems.clusterObjects, chain, plan.branch, awaited);
    return { changed, detail: source, source };
  }

  async #hasImage(): Promise<boolean> {
    const { base, target, container, image } = this.#wanted;
    return imageOf(await base.read(target), container) === image;
  }
}

/** The same for every attempt and every run of a release. */
function markOf(owner: Owner, act: 'release' | 'revert'): string {
  return `${owner.releaseId} ${runsOf(owner)} ${act}`;
}

const refusal = (detail: string): Refusal => ({ refused: true, detail });
const short = (commit: string): string => commit.slice(0, 12);
