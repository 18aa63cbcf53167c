import type { Sandbox } from '../../sandbox/index.ts';
import type { Closers } from '../../src/entry/demo/closers.ts';
import { helmFor, install, RELEASE } from '../tasks/chart.ts';
import { Stage } from '../tasks/stage.ts';
import { besideProgram, type ProgramQuestion, type ProgramRow } from './beside-program.ts';
import type { Launch } from './contenders.ts';
import { StdioWire } from './stdio-wire.ts';
import { handshake } from './wire.ts';

const questionsIn = (namespace: string): readonly ProgramQuestion[] => {
  const release = { namespace, name: RELEASE };
  const within = ['--namespace', namespace];
  return [
    {
      name: 'helm list',
      tool: { name: 'helm_list', arguments: { namespace } },
      args: ['list', ...within],
      contains: RELEASE,
    },
    {
      name: 'helm status',
      tool: { name: 'helm_status', arguments: release },
      args: ['status', RELEASE, ...within],
      contains: RELEASE,
    },
    {
      name: 'helm history',
      tool: { name: 'helm_history', arguments: release },
      args: ['history', RELEASE, ...within],
      contains: RELEASE,
    },
  ];
};

/** `launch`: a server of ours with the tools of Helm. */
export async function besideHelm(
  sandbox: Sandbox,
  launch: Launch,
  calls: number,
  closers: Closers,
  say: (line: string) => void,
): Promise<ProgramRow[]> {
  const helm = await helmFor(sandbox, closers, say);
  const namespace = `bench-helm-${process.pid}`;
  const stage = new Stage(sandbox);
  closers.add(namespace, async () => void (await stage.remove(namespace)));
  await stage.makeEmpty(namespace);
  await install(helm, namespace);
  const wire = new StdioWire(launch);
  closers.add('sluice with Helm', () => wire.close());
  await handshake(wire);
  const program = { path: helm.program, env: { ...process.env, ...helm.env } };
  return besideProgram(questionsIn(namespace), wire, program, calls);
}
