import type { ApiKind } from '../../src/domain/cluster-objects/api-kind.ts';
import { overlaid } from '../../src/domain/helm/values.ts';
import type { HelmRevision, HelmStatus } from '../../src/domain/helm/release.ts';
import type { Target } from '../../src/domain/release/target.ts';
import type { ReleaseSpec } from '../../src/domain/release/plan.ts';
import type { HelmSource } from '../../src/domain/release/version-source.ts';
import type { Clusters } from '../../src/adapters/kubernetes/cluster-client.ts';
import type { ObjectRef } from '../../src/adapters/kubernetes/kinds.ts';
import type { WantedRight } from '../../src/ports/cluster-objects.ts';
import type { HelmChange, HelmPort } from '../../src/ports/helm.ts';
import type { HelmRecord, HelmReleasesPort } from '../../src/ports/helm-releases.ts';
import type { WorkloadPort } from '../../src/ports/workload.ts';
import { createWorkload } from '../../src/targets/helm/workload.ts';
import { releaseSpec } from './builders.ts';

export const manifestOf = (tag: string, more = ''): string => `---
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: web}
spec:
  strategy: {canary: {steps: [{setWeight: 50}, {pause: {}}]}}
  template: {spec: {containers: [{name: app, image: 'shop:${tag}'}]}}
${more}`;

interface Stored extends HelmRevision {
  status: HelmStatus;
}

const kind = (name: string, group: string, namespaced: boolean): ApiKind =>
  ({
    kind: name,
    plural: `${name.toLowerCase()}s`,
    group,
    version: group === 'argoproj.io' ? 'v1alpha1' : 'v1',
    namespaced,
  }) as unknown as ApiKind;
const KINDS = [
  kind('Rollout', 'argoproj.io', true),
  kind('ConfigMap', '', true),
  kind('Service', '', true),
  kind('ClusterRole', 'rbac.authorization.k8s.io', false),
];

const SERVICES = { stableService: 'web-stable', candidateService: 'web-canary' };

/** Helm with one release, and a Rollout whose image is that of the last thing that was applied. */
export class FakeChart {
  readonly target: Target;
  /** A workload that exists, instead of one that has an image only. */
  base: WorkloadPort | undefined;
  /** Called with each image that Helm applies. */
  onImage: (image: string) => void = (image) => void (this.image = image);
  readonly revisions: Stored[] = [];
  readonly acts: string[] = [];
  image = 'shop:v1';
  stable = true;
  /** What the chart renders for the values. */
  render = ({ tag }: Readonly<Record<string, unknown>>): string => manifestOf(String(tag));
  /** "patch rollouts", for rights that the account does not have. */
  forbidden: readonly string[] = [];
  /** Files with values, by their paths. */
  files: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {};
  /** Helm applies the manifest, then fails. */
  failing = false;
  /** The Services in the cluster. */
  service: object = {};
  labels: Readonly<Record<string, string>> = {};
  annotations: Readonly<Record<string, string>> = {
    'meta.helm.sh/release-name': 'web',
    'meta.helm.sh/release-namespace': 'shop',
  };

  constructor(target: Target = { cluster: 'test', namespace: 'shop', rollout: 'web' }) {
    this.target = target;
    this.store(this.#named(manifestOf('v1')), 'deployed', 'Install complete');
  }

  get workload(): WorkloadPort {
    const systems = { helm: this.#helm, helmReleases: this.#releases, clusters: this.#clusters };
    const clusterObjects = {
      kinds: async () => KINDS,
      allowed: async (_: string, { verb, resource }: WantedRight) => !this.forbidden.includes(`${verb} ${resource}`),
    };
    return createWorkload(this.base ?? this.#base, { ...systems, clusterObjects } as unknown as Parameters<
      typeof createWorkload
    >[1]);
  }

  spec(tag: string, more: Partial<HelmSource> = {}): ReleaseSpec {
    const options = { resetValues: false, takeOver: false, hookSeconds: 60 };
    const helm = { release: 'web', chart: './web', values: { tag }, ...options, ...more };
    return { ...releaseSpec(), target: this.target, image: `shop:${tag}`, targetKind: 'helm', helm };
  }

  /** Stores a revision, as Helm does when it begins. */
  store(manifest: string, status: HelmStatus, description: string, updated = new Date().toISOString()): Stored {
    const base = { namespace: 'shop', name: 'web', defaults: {}, values: {}, notes: '', hooks: [] };
    const chart = { name: 'web', version: '1.0.0', appVersion: '' };
    const revision = this.revisions.length + 1;
    const stored = { ...base, revision, status, updated, description, chart, manifest };
    this.revisions.push(stored);
    return stored;
  }

  /** Carries out what a revision says. */
  apply(stored: Stored): void {
    this.onImage(/image: '([^']+)'/.exec(stored.manifest)?.[1] ?? '');
    for (const one of this.revisions) if (one.status === 'deployed') one.status = 'superseded';
    stored.status = this.failing ? 'failed' : 'deployed';
  }

  #named(manifest: string): string {
    return manifest.replace(
      'kind: Rollout\nmetadata: {name: web}',
      `kind: Rollout\nmetadata: {name: ${this.target.rollout}}`,
    );
  }

  get #base(): WorkloadPort {
    const seen = () => ({
      images: { app: this.image },
      podHash: 'b',
      stableHash: this.stable ? 'b' : 'a',
      ...SERVICES,
    });
    return {
      read: async () => seen(),
      fence: async () => ({ changed: false, detail: 'at the epoch' }),
      setImage: async (_: unknown, { to }: { to: string }) => {
        this.acts.push(`set ${to}`);
        this.image = to;
        return { changed: true, detail: 'set' };
      },
    } as unknown as WorkloadPort;
  }

  get #helm(): HelmPort {
    const rendered = ({ values }: HelmChange) => this.#named(this.render(values));
    return {
      withChart: async (_: unknown, __: unknown, work: (chart: object) => unknown) => work({ path: 'x' }),
      fileValues: async (files: readonly string[]) =>
        files.map((file) => this.files[file] ?? {}).reduce((under, over) => overlaid(under, over), {}),
      render: async (change: HelmChange) => ({ ...this.revisions[0], manifest: rendered(change) }),
      change: async (change: HelmChange) => {
        this.acts.push('upgrade');
        this.apply(this.store(rendered(change), 'pending-upgrade', 'Upgrade complete'));
        return this.revisions.at(-1);
      },
      rollback: async (_: unknown, revision: number) => {
        this.acts.push(`rollback ${revision}`);
        const { manifest = '' } = this.revisions[revision - 1] ?? {};
        this.apply(this.store(manifest, 'pending-rollback', `Rollback to ${revision}`));
      },
    } as unknown as HelmPort;
  }

  get #releases(): HelmReleasesPort {
    return {
      records: async () =>
        this.revisions
          .map((one) => ({ ...one, cluster: 'test', uid: '', resourceVersion: '', encoded: '' }))
          .toReversed(),
      open: async ({ revision }: HelmRecord) => this.revisions[revision - 1],
      markFailed: async ({ revision }: HelmRecord) => {
        (this.revisions[revision - 1] as Stored).status = 'failed';
      },
    } as unknown as HelmReleasesPort;
  }

  get #clusters(): Clusters {
    const { labels, annotations, service } = this;
    const get = async ({ kind }: ObjectRef) =>
      kind.name === 'Service' ? service : { metadata: { name: 'web', labels, annotations } };
    return { client: () => ({ get }) } as unknown as Clusters;
  }
}
