import type { Sandbox } from '../../../sandbox/index.ts';
import { createClusters } from '../../../src/adapters/kubernetes/index.ts';
import type { CommandContext } from '../../../src/commands/command.ts';
import { execute } from '../../../src/commands/execute.ts';
import type { DiagnosisOutput } from '../../../src/commands/diagnosis/answer.ts';
import { loadSettings } from '../../../src/config/load.ts';
import { createServices } from '../../../src/entry/services.ts';
import { CATALOGUE } from '../../../src/toolsets/index.ts';
import { kindNamed } from './kinds.ts';
import type { DiagnosisCase } from './case.ts';
import { CaseStage } from './case-stage.ts';
import { FakeKubelet } from './kubelet.ts';

/** The kinds whose objects can keep a namespace. */
const KEPT = ['ConfigMap', 'Pod', 'PersistentVolumeClaim', 'Kustomization', 'GitRepository', 'HelmRelease'];
/** So many at once: they wait for controllers most of the time. */
const LANES = 12;

export interface Made {
  readonly of: DiagnosisCase;
  /** Absent if the case could not be made. */
  readonly answer?: DiagnosisOutput;
  readonly problem?: string;
}

/** Makes cases on the sandbox's cluster, each in a namespace of its own, and asks for their diagnoses. */
export class DiagnosisBench {
  readonly #sandbox: Sandbox;
  readonly #client;
  readonly #services;
  readonly #kubelet: FakeKubelet;
  readonly #gitUrl: string;
  readonly #run = Date.now().toString(36).slice(-5);
  readonly #stages: CaseStage[] = [];

  constructor(sandbox: Sandbox, gitUrl: string) {
    this.#sandbox = sandbox;
    this.#gitUrl = gitUrl;
    this.#client = createClusters({ kubeconfig: sandbox.kubeconfig }).client(sandbox.context);
    this.#kubelet = new FakeKubelet(this.#client, `kubelet-${this.#run}`);
    const env = { SLUICE_KUBECONFIG: sandbox.kubeconfig, SLUICE_HOME: '/nonexistent' };
    this.#services = createServices(loadSettings({ env }).settings);
  }

  open(): Promise<void> {
    return this.#kubelet.open();
  }

  async close(): Promise<void> {
    await Promise.all(this.#stages.map((stage) => stage.close(KEPT)));
    await this.#kubelet.close();
    await this.#services.close();
  }

  /** A few at a time, in the order of the cases. */
  async all(cases: readonly DiagnosisCase[]): Promise<readonly Made[]> {
    const made: Made[] = [];
    const rest = [...cases.entries()];
    const lane = async (): Promise<void> => {
      for (let next = rest.shift(); next; next = rest.shift()) {
        const [index, of] = next;
        made[index] = await this.#one(of).catch((error: unknown) => ({ of, problem: String(error) }));
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    return made;
  }

  async #one(of: DiagnosisCase): Promise<Made> {
    const namespace = `diag-${this.#run}-${this.#stages.length}`;
    const stage = new CaseStage(this.#client, namespace, this.#kubelet, this.#gitUrl);
    this.#stages.push(stage);
    await stage.apply({ kind: 'Namespace', metadata: { name: namespace } });
    await of.make(stage);
    const [kind = '', name = ''] = of.ask.split('/');
    const asked = kind === 'namespace' ? {} : { kind: `${kind}.${kindNamed(kind).group || 'v1'}`, name };
    return { of, answer: await this.ask({ namespace, ...asked }, of.later) };
  }

  async ask(raw: object, later = 0): Promise<DiagnosisOutput> {
    const command = CATALOGUE.find(({ name }) => name === 'k8s_diagnose');
    if (!command) throw new Error('there is no k8s_diagnose');
    const ports = Object.create(this.#services.ports, {
      now: { value: () => Date.now() + later },
    }) as CommandContext['ports'];
    const context: CommandContext = {
      ...this.#services,
      ports,
      caller: { id: 'test', kind: 'cli' },
      signal: new AbortController().signal,
      progress: async () => undefined,
    };
    const audit = { ready: async () => undefined, begin: async () => undefined, record: async () => undefined };
    const gate = { allowWrite: false, toolsets: [] };
    const answer = await execute({ command, raw: { cluster: this.#sandbox.context, ...raw }, context, gate, audit });
    return command.output.parse(answer) as DiagnosisOutput;
  }
}
