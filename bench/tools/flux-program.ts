import { applyNamespace, clientOf } from '../../sandbox/apps/applications.ts';
import { findOnPath } from '../../sandbox/binaries/search-path.ts';
import { addToSandbox, type Sandbox } from '../../sandbox/index.ts';
import type { Closers } from '../../src/entry/demo/closers.ts';
import { applyAll } from './apply-all.ts';
import { besideProgram, type ProgramQuestion, type ProgramRow } from './beside-program.ts';
import type { Launch } from './contenders.ts';
import { StdioWire } from './stdio-wire.ts';
import { handshake } from './wire.ts';

const COUNT = 20;
const NAMES = Array.from({ length: COUNT }, (_, index) => `app-${String(index).padStart(2, '0')}`);
const LAST = NAMES.at(-1) ?? '';

const questionsIn = (namespace: string): readonly ProgramQuestion[] => {
  const within = ['--namespace', namespace];
  const kustomizations = { namespace, kind: 'kustomizations' };
  return [
    {
      name: `flux get all (${2 * COUNT} objects)`,
      tool: { name: 'flux_list', arguments: { namespace } },
      args: ['get', 'all', ...within],
      contains: LAST,
    },
    {
      name: `flux get kustomizations (${COUNT})`,
      tool: { name: 'flux_list', arguments: kustomizations },
      args: ['get', 'kustomizations', ...within],
      contains: LAST,
    },
    {
      name: 'flux get kustomization of one',
      tool: { name: 'flux_get', arguments: { ...kustomizations, name: LAST } },
      args: ['get', 'kustomization', LAST, ...within],
      contains: LAST,
    },
  ];
};

/**
 * `launch`: a server of ours with the tools of Flux. The objects are suspended, so that no controller works meanwhile.
 * Empty if there is no program flux on PATH.
 */
export async function besideFlux(
  sandbox: Sandbox,
  launch: Launch,
  calls: number,
  closers: Closers,
  say: (line: string) => void,
): Promise<ProgramRow[]> {
  const path = findOnPath('flux', process.env);
  if (path === undefined) {
    say('Flux is left out: there is no program flux on PATH');
    return [];
  }
  await addToSandbox(sandbox, 'flux', say);
  const namespace = `bench-flux-${process.pid}`;
  await makeObjects(sandbox, namespace, closers);
  const wire = new StdioWire(launch);
  closers.add('sluice with Flux', () => wire.close());
  await handshake(wire);
  const program = { path, env: { ...process.env, KUBECONFIG: sandbox.kubeconfig } };
  return besideProgram(questionsIn(namespace), wire, program, calls);
}

async function makeObjects(sandbox: Sandbox, namespace: string, closers: Closers): Promise<void> {
  const api = clientOf(sandbox);
  closers.add(namespace, async () => void (await api.remove(`/api/v1/namespaces/${namespace}`)));
  await applyNamespace(api, namespace);
  const [source, kustomize] = ['source.toolkit.fluxcd.io/v1', 'kustomize.toolkit.fluxcd.io/v1'];
  const spec = { interval: '1h', suspend: true };
  await applyAll(api, `/apis/${source}/namespaces/${namespace}/gitrepositories`, NAMES, (name) => ({
    apiVersion: source,
    kind: 'GitRepository',
    metadata: { name, namespace },
    spec: { ...spec, url: 'https://git.example/apps.git', ref: { branch: 'main' } },
  }));
  await applyAll(api, `/apis/${kustomize}/namespaces/${namespace}/kustomizations`, NAMES, (name) => ({
    apiVersion: kustomize,
    kind: 'Kustomization',
    metadata: { name, namespace },
    spec: { ...spec, prune: true, sourceRef: { kind: 'GitRepository', name } },
  }));
}
