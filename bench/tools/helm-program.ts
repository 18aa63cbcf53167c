import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Sandbox } from '../../sandbox/index.ts';
import type { Closers } from '../../src/entry/demo/closers.ts';
import { helmFor, install, RELEASE, type Helm } from '../tasks/chart.ts';
import { Stage } from '../tasks/stage.ts';
import { percentile } from './figures.ts';
import type { Launch } from './contenders.ts';
import { StdioWire } from './stdio-wire.ts';
import { handshake } from './wire.ts';

/** One question to Helm: through Sluice over stdio, and with the program. Medians in ms. */
export interface ProgramRow {
  readonly question: string;
  readonly sluiceMs: number;
  readonly programMs: number;
}

interface Question {
  readonly name: string;
  readonly tool: (namespace: string) => object;
  readonly args: (namespace: string) => readonly string[];
}

const QUESTIONS: readonly Question[] = [
  {
    name: 'helm list',
    tool: (namespace) => ({ name: 'helm_list', arguments: { namespace } }),
    args: (namespace) => ['list', '--namespace', namespace],
  },
  {
    name: 'helm status',
    tool: (namespace) => ({ name: 'helm_status', arguments: { namespace, name: RELEASE } }),
    args: (namespace) => ['status', RELEASE, '--namespace', namespace],
  },
  {
    name: 'helm history',
    tool: (namespace) => ({ name: 'helm_history', arguments: { namespace, name: RELEASE } }),
    args: (namespace) => ['history', RELEASE, '--namespace', namespace],
  },
];

/** `launch`: a server of ours with the tools of Helm. The two take turns. */
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
  const rows: ProgramRow[] = [];
  for (const question of QUESTIONS) rows.push(await measured(question, wire, helm, namespace, calls));
  return rows;
}

async function measured(
  { name, tool, args }: Question,
  wire: StdioWire,
  helm: Helm,
  namespace: string,
  calls: number,
): Promise<ProgramRow> {
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (let round = 0; round <= calls; round += 1) {
    const answer = await wire.request('tools/call', tool(namespace));
    if (answer.result['isError'] === true || !JSON.stringify(answer.result).includes(RELEASE))
      throw new Error(`Sluice did not answer ${name}: ${JSON.stringify(answer.result).slice(0, 300)}`);
    const began = performance.now();
    await promisify(execFile)(helm.program, [...args(namespace)], { env: { ...process.env, ...helm.env } });
    // The first round warms both up.
    if (round === 0) continue;
    ours.push(answer.ms);
    theirs.push(performance.now() - began);
  }
  return { question: name, sluiceMs: percentile(ours, 0.5), programMs: percentile(theirs, 0.5) };
}
