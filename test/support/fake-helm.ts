import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { FoundProgram } from '../../src/adapters/helm/find-program.ts';
import { createHelm } from '../../src/adapters/helm/index.ts';
import type { ProgramEnd, ProgramRun } from '../../src/adapters/helm/program.ts';
import { encodedRecord } from '../../src/adapters/helm/record-content.ts';
import { SluiceError } from '../../src/domain/errors.ts';
import type { HelmPort } from '../../src/ports/helm.ts';
import type { FakeCluster } from './fake-cluster.ts';
import { refOf } from './kubernetes-stage.ts';

/** A revision as Helm stores it. */
export interface StoredRevision {
  readonly name: string;
  readonly namespace: string;
  readonly version: number;
  readonly manifest: string;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly hooks?: readonly object[];
  readonly info: { readonly status: string; readonly description: string; readonly [more: string]: unknown };
}

type Values = Readonly<Record<string, unknown>>;
interface Doc {
  readonly apiVersion?: unknown;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly [more: string]: unknown };
  readonly spec?: { readonly replicas?: number };
  readonly [more: string]: unknown;
}

const CHART = { metadata: { name: 'web', version: '1.2.0', appVersion: '2.0' }, values: { replicas: 1, tag: 'v1' } };

/** The output of a chart with a Deployment and a Secret. */
export const rendered = (name: string, { tag = 'v1', replicas = 1 }: Values = {}): string => `---
apiVersion: v1
kind: Secret
metadata: {name: ${name}}
stringData: {url: hunter2}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}}
spec:
  replicas: ${String(replicas)}
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec: {containers: [{name: app, image: 'shop:${String(tag)}'}]}
`;

/** The program helm in memory: it writes records and objects to a fake cluster. */
export class FakeHelm {
  readonly runs: (readonly string[])[] = [];
  version = '4.3';
  readonly repositories: { name: string; url: string }[] = [];
  /** The output of every chart. */
  render: (name: string, values: Values) => string = rendered;
  hooks: readonly object[] = [];
  /** The CRDs of every chart. */
  crds = '';
  /** What a write says instead of doing it. */
  failure: string | undefined;
  /** A write does not end by itself. */
  stopped = false;
  /** The status of the revision that a failed write leaves. */
  leaves: string | undefined;
  /** The phase in which the hooks end when tests run. Undefined: they cannot be run. */
  tested: 'Succeeded' | 'Failed' | undefined = 'Succeeded';
  /** Whether Deployments get ready. */
  ready = true;
  /** The folder of local charts. It has ./charts/web. */
  readonly charts = mkdtempSync(join(tmpdir(), 'sluice-fake-charts-'));
  readonly #cluster: FakeCluster;

  constructor(cluster: FakeCluster) {
    this.#cluster = cluster;
    mkdirSync(join(this.charts, 'charts', 'web'), { recursive: true });
  }

  port(): HelmPort {
    const found: FoundProgram = { version: this.version, run: (run) => this.#run(run) };
    return createHelm({ charts: this.charts, plainHttp: [] }, async () => found);
  }

  /** Stores a revision, and creates its objects. */
  put(revision: Partial<StoredRevision> & Pick<StoredRevision, 'version'>, status = 'deployed'): void {
    const { name = 'web', namespace = 'shop', config = {} } = revision;
    const manifest = revision.manifest ?? this.render(name, config);
    const stored: StoredRevision = {
      hooks: this.hooks,
      ...revision,
      name,
      namespace,
      config,
      manifest,
      info: {
        description: 'Install complete',
        last_deployed: '2026-11-29T10:00:00Z',
        notes: 'Open it.',
        ...revision.info,
        status,
      },
    };
    this.#record(stored);
    if (status === 'deployed')
      for (const one of docs(manifest).filter(({ apiVersion }) => !isUnserved(apiVersion)))
        this.#store(namespace, one, name);
  }

  #record(stored: StoredRevision): void {
    const { name, namespace, version, info } = stored;
    const ref = refOf('secrets', namespace, `sh.helm.release.v1.${name}.v${version}`);
    const labels = { owner: 'helm', name, version: String(version), status: info.status };
    if (!this.#has(ref)) this.#cluster.create(ref, { labels });
    this.#cluster.update(ref, (object) => {
      object.metadata.labels = labels;
      Object.assign(object, { data: { release: encodedRecord({ chart: CHART, ...stored }) } });
    });
  }

  #has(ref: ReturnType<typeof refOf>): boolean {
    try {
      return this.#cluster.peek(ref) !== undefined;
    } catch {
      return false;
    }
  }

  /** The controllers of the fake are quick: a Deployment is ready at once. */
  #store(namespace: string, doc: Doc, release: string): void {
    const ref = refOf(`${doc.kind.toLowerCase()}s`, namespace, doc.metadata.name);
    if (!this.#has(ref)) this.#cluster.create(ref, {});
    this.#cluster.update(ref, (object) => {
      const { metadata, ...rest } = doc;
      Object.assign(object, structuredClone(rest));
      Object.assign(object.metadata, metadata, {
        labels: { 'app.kubernetes.io/managed-by': 'Helm' },
        annotations: { 'meta.helm.sh/release-name': release, 'meta.helm.sh/release-namespace': namespace },
      });
      const count = doc.spec?.replicas ?? 1;
      const available = this.ready ? count : 0;
      object.status = { observedGeneration: 99, replicas: count, updatedReplicas: count, availableReplicas: available };
    });
  }

  async #run({ args, cwd }: ProgramRun): Promise<ProgramEnd> {
    this.runs.push(args);
    const split = args.indexOf('--');
    const [flags, positional] = [args.slice(0, split), args.slice(split + 1)];
    const flag = (name: string) => flags.find((one) => one.startsWith(`--${name}=`))?.slice(name.length + 3);
    const command = flags
      .filter((one) => !one.startsWith('-'))
      .slice(0, 2)
      .join(' ');
    const answer = (stdout: string, code = 0): ProgramEnd => ({ code, stdout, stderr: '' });
    const values = (): Values => {
      const at = flags.indexOf('--values');
      return at < 0 ? {} : (JSON.parse(readFileSync(flags[at + 1] ?? '', 'utf8')) as Values);
    };
    const [name = '', second = ''] = positional;
    const namespace = flag('namespace') ?? 'default';
    switch (command.split(' ')[0]) {
      case 'pull':
        writeFileSync(join(flag('destination') ?? cwd, 'chart.tgz'), '');
        return answer('');
      case 'show':
        return answer(command === 'show crds' ? this.crds : 'replicas: 1\n# The tag.\ntag: v1\npassword: hunter2\n');
      case 'template':
        return answer(this.render(name, values()));
      case 'lint':
        return answer(`==> Linting ${name}\n[INFO] Chart.yaml: icon is recommended\n`);
      case 'search':
        return answer(
          JSON.stringify([{ name: 'team/web', version: '1.2.0', app_version: '2.0', description: 'A web.' }]),
        );
      case 'repo':
        return this.#repo(command, name, second);
      default:
        return this.#write(command.split(' ')[0] ?? '', { namespace, name, second, values: values(), flags });
    }
  }

  #repo(command: string, name: string, url: string): ProgramEnd {
    const known = this.repositories.findIndex((one) => one.name === name);
    if (command === 'repo add') this.repositories.push({ name, url });
    if (command === 'repo remove') this.repositories.splice(known, 1);
    if (command === 'repo list' && this.repositories.length === 0)
      return { code: 1, stdout: '', stderr: 'Error: no repositories to show' };
    return { code: 0, stdout: command === 'repo list' ? JSON.stringify(this.repositories) : '', stderr: '' };
  }

  #write(
    command: string,
    {
      namespace,
      name,
      second,
      values,
      flags,
    }: { namespace: string; name: string; second: string; values: Values; flags: readonly string[] },
  ): ProgramEnd {
    const records = this.#cluster
      .listed('secrets', namespace)
      .filter(({ metadata }) => metadata.labels?.['name'] === name)
      .map(({ metadata }) => Number(metadata.labels?.['version']));
    const version = Math.max(0, ...records) + 1;
    const isDry = flags.includes('--dry-run=server');
    if ((this.stopped || this.failure !== undefined) && !isDry) {
      if (this.leaves !== undefined) this.put({ name, namespace, version }, this.leaves);
      if (this.stopped) throw new SluiceError('HELM_STOPPED', 'Helm was ended: the call was cancelled.');
      return { code: 1, stdout: '', stderr: `Error: ${this.failure}` };
    }
    if (command === 'test') return this.#test(name, namespace, version - 1);
    if (command === 'uninstall') {
      for (const one of docs(this.render(name, values)).filter(isDeleted))
        this.#cluster.delete(refOf(`${one.kind.toLowerCase()}s`, namespace, one.metadata.name));
      if (flags.includes('--keep-history')) {
        this.put({ name, namespace, version: version - 1 }, 'uninstalled');
        return { code: 0, stdout: '', stderr: '' };
      }
      for (const revision of records)
        this.#cluster.delete(refOf('secrets', namespace, `sh.helm.release.v1.${name}.v${revision}`));
      return { code: 0, stdout: '', stderr: '' };
    }
    const config = command === 'rollback' ? (this.configs.get(`${name} ${second}`) ?? {}) : values;
    const manifest = this.render(name, config);
    const stored = { name, namespace, version, manifest, config, hooks: this.hooks, chart: CHART };
    if (!isDry) {
      this.configs.set(`${name} ${version}`, config);
      const description = command === 'rollback' ? `Rollback to ${second}` : `${command} complete`;
      this.put({ ...stored, info: { status: 'deployed', description } });
    }
    const info = { status: isDry ? 'pending-upgrade' : 'deployed', description: '' };
    return { code: 0, stdout: JSON.stringify({ ...stored, info }), stderr: '' };
  }

  #test(name: string, namespace: string, version: number): ProgramEnd {
    if (this.tested === undefined) return { code: 1, stdout: '', stderr: 'Error: pods is forbidden' };
    const hooks = this.hooks.map((hook) => ({ ...hook, last_run: { phase: this.tested } }));
    this.put({ name, namespace, version, hooks });
    return { code: this.tested === 'Failed' ? 1 : 0, stdout: `TEST SUITE: try\nPhase: ${this.tested}`, stderr: '' };
  }

  /** The values of revisions, for rollbacks. */
  readonly configs = new Map<string, Values>();
}

/** Helm leaves alone what its manifest keeps. The cluster serves no kind of the group other.dev. */
function isDeleted({ apiVersion, metadata }: Doc): boolean {
  const { annotations = {} } = metadata as { annotations?: Readonly<Record<string, string>> };
  return annotations['helm.sh/resource-policy'] !== 'keep' && !isUnserved(apiVersion);
}

const isUnserved = (apiVersion: unknown): boolean => String(apiVersion).startsWith('other.dev/');

function docs(manifest: string): readonly Doc[] {
  return parseAllDocuments(manifest).flatMap((one) => (one.toJS() as Doc | null) ?? []);
}
