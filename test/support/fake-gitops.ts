import type { ApiKind } from '../../src/domain/cluster-objects/api-kind.ts';
import { metaOf, type ApiObject } from '../../src/domain/cluster-objects/api-object.ts';
import { SluiceError } from '../../src/domain/errors.ts';
import { REQUESTED_AT } from '../../src/domain/flux/request.ts';
import type { Target } from '../../src/domain/release/target.ts';
import type { ReleaseSpec } from '../../src/domain/release/plan.ts';
import type { FluxSource } from '../../src/domain/release/version-source.ts';
import type { BranchCommit, BranchesPort } from '../../src/ports/branches.ts';
import type { ObjectAt, ObjectWrite, WantedRight } from '../../src/ports/cluster-objects.ts';
import type { VersionSystems } from '../../src/ports/version-systems.ts';
import type { WorkloadPort } from '../../src/ports/workload.ts';
import { createWorkload } from '../../src/targets/flux/workload.ts';
import { releaseSpec } from './builders.ts';

interface Commit {
  readonly id: string;
  readonly text: string;
  readonly mark?: string;
}

const kind = (name: string, group: string): ApiKind =>
  ({ kind: name, group, plural: `${name.toLowerCase()}s`.replace(/ys$/, 'ies'), preferred: true }) as ApiKind;
const KINDS = [
  kind('Kustomization', 'kustomize.toolkit.fluxcd.io'),
  kind('GitRepository', 'source.toolkit.fluxcd.io'),
  kind('HelmRelease', 'helm.toolkit.fluxcd.io'),
  kind('Rollout', 'argoproj.io'),
  kind('TraefikService', 'traefik.io'),
];
export const URL = 'https://git.example/apps.git';
export const FILE = 'web.yaml';
export const fileOf = (tag: string): string => `images:\n  - name: shop\n    newTag: ${tag}\n`;

export const chartFile = (version: string): string =>
  `kind: HelmRelease\nmetadata: {name: site}\nspec:\n  chart:\n    spec: {chart: web, version: ${version}}\n`;

/** A repository with one file, Flux that applies it when it is asked, and a Rollout. */
export class FakeGitOps {
  readonly target: Target;
  /** A workload that exists, instead of one that has an image only. */
  base: WorkloadPort | undefined;
  /** Called with each image that Flux applies. */
  onImage: (image: string) => void = (image) => void (this.image = image);
  readonly branches = new Map<string, Commit[]>([['main', [{ id: 'c0', text: fileOf('v1') }]]]);
  /** The path of its file. */
  file = FILE;
  image = 'shop:v1';
  stable = true;
  /** Flux handles requests. */
  handles = true;
  /** What Flux says of the Kustomization after a request. */
  ready: { status: string; reason: string } = { status: 'True', reason: 'ReconciliationSucceeded' };
  kustomization: Record<string, unknown>;
  git: Record<string, unknown>;
  /** With it the Rollout is in a chart, and the image is that of the version of the chart. */
  helmRelease: Record<string, unknown> | undefined;
  rollout: ApiObject = { metadata: { name: 'web' } };
  traefikService: ApiObject = { metadata: { name: 'web' } };
  /** Called before each look of a wait. */
  onWait: () => void = () => undefined;
  /** "patch kustomizations", for rights that the account does not have. */
  forbidden: readonly string[] = [];
  pushFails: SluiceError | undefined;
  #count = 0;

  constructor(target: Target = { cluster: 'test', namespace: 'shop', rollout: 'web' }) {
    this.target = target;
    this.kustomization = {
      metadata: { name: 'apps', namespace: 'shop', generation: 1 },
      spec: { sourceRef: { kind: 'GitRepository', name: 'apps' } },
      status: {
        inventory: { entries: [{ id: `shop_${target.rollout}_argoproj.io_Rollout`, v: 'v1alpha1' }] },
        conditions: [{ type: 'Ready', status: 'True', reason: 'ReconciliationSucceeded', message: 'applied' }],
      },
    };
    this.git = {
      metadata: { name: 'apps', namespace: 'shop', generation: 1 },
      spec: { url: URL, ref: { branch: 'main' } },
      status: { conditions: [{ type: 'Ready', status: 'True', reason: 'Succeeded', message: 'stored' }] },
    };
  }

  get workload(): WorkloadPort {
    const clusterObjects = {
      kinds: async () => KINDS,
      read: this.#read,
      write: this.#write,
      allowed: async (_: string, { verb, resource }: WantedRight) => !this.forbidden.includes(`${verb} ${resource}`),
    };
    return createWorkload(this.base ?? this.#base, {
      branches: this.#port,
      clusterObjects,
    } as unknown as VersionSystems);
  }

  /** The file holds a HelmRelease with a version of a chart. Version 1.2.0 has the image shop:v2. */
  withChart(): void {
    this.branches.set('main', [{ id: 'c0', text: chartFile('1.1.0') }]);
    const status = this.kustomization['status'] as object;
    const inventory = { entries: [{ id: 'shop_site_helm.toolkit.fluxcd.io_HelmRelease', v: 'v2' }] };
    this.kustomization['status'] = { ...status, inventory };
    this.helmRelease = {
      kind: 'HelmRelease',
      metadata: { name: 'site', namespace: 'shop', generation: 1 },
      spec: { chart: { spec: { chart: 'web', version: '1.1.0' } } },
      status: {
        inventory: { entries: [{ id: `shop_${this.target.rollout}_argoproj.io_Rollout`, v: 'v1alpha1' }] },
        conditions: [{ type: 'Ready', status: 'True', reason: 'UpgradeSucceeded', message: 'upgraded' }],
      },
    };
  }

  spec(tag: string, more: Partial<FluxSource> = {}): ReleaseSpec {
    const flux = { kustomization: 'apps', file: FILE, ...more };
    return { ...releaseSpec(), target: this.target, image: `shop:${tag}`, targetKind: 'flux', flux };
  }

  /** Waits for at most some looks. */
  wait = async <T>(look: () => Promise<T | undefined>): Promise<T> => {
    for (let looks = 0; looks < 5; looks += 1) {
      this.onWait();
      const found = await look();
      if (found !== undefined) return found;
    }
    throw new Error('it was waited for too long');
  };

  textOn(branch: string): string | undefined {
    return this.branches.get(branch)?.at(-1)?.text;
  }

  push(branch: string, text: string, mark?: string): string {
    const id = `c${(this.#count += 1)}`;
    const before = this.branches.get(branch) ?? this.branches.get('main') ?? [];
    this.branches.set(branch, [...before, { id, text, ...(mark !== undefined && { mark }) }]);
    return id;
  }

  get #base(): WorkloadPort {
    const read = async () => ({
      images: { app: this.image },
      podHash: 'b',
      stableHash: this.stable ? 'b' : 'a',
      traefikService: 'web',
    });
    return { read, fence: async () => ({ changed: false, detail: '' }) } as unknown as WorkloadPort;
  }

  get #port(): BranchesPort {
    return {
      read: async ({ branch }, file) => {
        const end = this.branches.get(branch)?.at(-1);
        return end && { head: end.id, ...(file === this.file && { text: end.text }) };
      },
      marked: async ({ branch }, mark) => this.branches.get(branch)?.findLast((one) => one.mark === mark)?.id,
      commit: async ({ base, branch, from, to, mark }: BranchCommit) => {
        if (this.pushFails) throw this.pushFails;
        if (this.textOn(base) !== from) throw new SluiceError('REPOSITORY_CHANGED', 'moved');
        return this.push(branch, to, mark);
      },
      remove: async ({ branch }) => void this.branches.delete(branch),
    };
  }

  #objectOf({ kind: { kind: name } }: ObjectAt): Record<string, unknown> {
    if (name === 'TraefikService') return this.traefikService;
    if (name === 'Rollout') return this.rollout;
    if (name === 'HelmRelease' && this.helmRelease) return this.helmRelease;
    return name === 'Kustomization' ? this.kustomization : this.git;
  }

  readonly #read = async (at: ObjectAt): Promise<ApiObject> => structuredClone(this.#objectOf(at));

  readonly #write = async (at: ObjectAt, _: unknown, write: ObjectWrite): Promise<void> => {
    const object = this.#objectOf(at);
    if (write.how !== 'merge') throw new Error('a request is a merge patch');
    const token = metaOf(write.patch).annotations?.[REQUESTED_AT];
    object['metadata'] = { ...(object['metadata'] as object), annotations: { [REQUESTED_AT]: token } };
    if (this.handles) this.#handle(at.kind.kind, object, token);
  };

  #handle(name: string, object: Record<string, unknown>, token: string | undefined): void {
    const revision = `main@sha1:${this.branches.get('main')?.length.toString(16).padStart(40, '0')}`;
    const handled = { ...(object['status'] as object), lastHandledReconcileAt: token };
    if (name === 'GitRepository') {
      object['status'] = { ...handled, artifact: { revision } };
      return;
    }
    const conditions = [{ type: 'Ready', message: 'it says', ...this.ready }];
    const tag = this.#tagOnMain();
    if (name === 'HelmRelease') {
      object['status'] = { ...handled, conditions };
      this.onImage(`shop:${tag}`);
      return;
    }
    const isApplied = this.ready.status === 'True';
    object['status'] = {
      ...handled,
      conditions,
      lastAttemptedRevision: revision,
      ...(isApplied && { lastAppliedRevision: revision }),
    };
    if (this.helmRelease) return;
    if (isApplied || this.ready.reason === 'HealthCheckFailed') this.onImage(`shop:${tag}`);
  }

  #tagOnMain(): string {
    const [, tag, minor] = /newTag: (\S+)|version: 1\.(\d+)\.0/.exec(this.textOn('main') ?? '') ?? [];
    return tag ?? `v${minor}`;
  }
}
