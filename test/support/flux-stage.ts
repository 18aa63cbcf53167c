import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Sandbox } from '../../sandbox/index.ts';
import type { Kind } from '../../src/adapters/kubernetes/kinds.ts';
import { metaOf, numberAt, recordsAt, type ApiObject } from '../../src/domain/cluster-objects/api-object.ts';
import { ObjectsStage } from './argo-objects-stage.ts';
import { kindNamed } from './diagnosis/kinds.ts';
import { eventually } from './releases-wait.ts';

const run = promisify(execFile);
export const GIT_REPOSITORY = kindNamed('GitRepository');
export const KUSTOMIZATION = kindNamed('Kustomization');

/** A namespace on the sandbox with a Git repository of its own, which Flux reads. */
export class FluxStage {
  readonly objects: ObjectsStage;
  readonly url: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'sluice-flux-'));

  /** `sandbox`: with the add-on flux. */
  constructor(sandbox: Sandbox) {
    this.objects = new ObjectsStage(sandbox);
    this.url = `${sandbox.gitUrl}/${this.objects.namespace}.git`;
  }

  get namespace(): string {
    return this.objects.namespace;
  }

  async open(): Promise<void> {
    await this.objects.open();
    await this.#git('init', '--quiet', '--initial-branch=main');
  }

  async close(): Promise<void> {
    rmSync(this.#folder, { recursive: true, force: true });
    await this.objects.close();
  }

  /** Writes files, commits and pushes them. Returns the commit. */
  async push(files: Readonly<Record<string, string>>, message: string): Promise<string> {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.#folder, name)), { recursive: true });
      writeFileSync(join(this.#folder, name), text);
    }
    await this.#git('add', '--all');
    await this.#git('commit', '--quiet', '-m', message);
    await this.#git('push', '--quiet', this.url, 'main');
    return (await this.#git('rev-parse', 'HEAD')).trim();
  }

  /** The branch as the server has it: subjects of its commits, its end, and the text of a file. */
  async branch(file: string): Promise<{ subjects: readonly string[]; head: string; text: string }> {
    await this.#git('fetch', '--quiet', this.url, 'main');
    const [log, head, text] = await Promise.all([
      this.#git('log', '--format=%s', 'FETCH_HEAD'),
      this.#git('rev-parse', 'FETCH_HEAD'),
      this.#git('show', `FETCH_HEAD:${file}`),
    ]);
    return { subjects: log.trim().split('\n'), head: head.trim(), text };
  }

  async #git(...args: string[]): Promise<string> {
    const who = ['-c', 'user.name=test', '-c', 'user.email=test@example.com'];
    const env = { ...process.env, GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0' };
    return (await run('git', [...who, ...args], { cwd: this.#folder, env })).stdout;
  }

  /** The repository as a GitRepository. It is read once an hour, so that only a request makes Flux read it. */
  repository(name: string, spec: object = {}): Promise<void> {
    return this.objects.apply(GIT_REPOSITORY, name, {
      spec: { interval: '1h', url: this.url, ref: { branch: 'main' }, timeout: '10s', ...spec },
    });
  }

  kustomization(name: string, spec: object = {}): Promise<void> {
    return this.objects.apply(KUSTOMIZATION, name, {
      spec: {
        interval: '1h',
        prune: true,
        path: './',
        targetNamespace: this.namespace,
        sourceRef: { kind: 'GitRepository', name: 'apps' },
        ...spec,
      },
    });
  }

  async read(kind: Kind, name: string): Promise<ApiObject> {
    return (await this.objects.client.get(this.objects.ref(kind, name))) as ApiObject;
  }

  configMap(name: string): Promise<ApiObject> {
    return this.read(kindNamed('ConfigMap'), name);
  }

  /**
   * Waits until the condition Ready is as wanted, and returns the object. Controllers write conditions first, and the
   * artifact with the observed generation in a second request (findings/flux-ready-before-artifact.sh).
   */
  until(kind: Kind, name: string, status: 'True' | 'False', reason?: string): Promise<ApiObject> {
    let last: unknown;
    return eventually(
      `${kind.name} ${name} is Ready=${status} ${reason ?? ''}`,
      async () => {
        const object = await this.read(kind, name);
        const ready = recordsAt(object, 'status', 'conditions').find(({ type }) => type === 'Ready');
        last = ready;
        if (ready?.['status'] !== status || (reason ?? ready['reason']) !== ready['reason']) return undefined;
        const written = numberAt(object, 'status', 'observedGeneration');
        return status === 'False' || written === metaOf(object).generation ? object : undefined;
      },
      { timeoutMs: 60_000, now: () => last },
    );
  }
}

/** A ConfigMap, which needs no pods to be applied. */
export const configMap = (name: string, data: Readonly<Record<string, string>>): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });
