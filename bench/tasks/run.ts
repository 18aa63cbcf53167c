import type { Sandbox } from '../../sandbox/index.ts';
import type { Closers } from '../../src/entry/demo/closers.ts';
import type { Contender, Name } from '../tools/contenders.ts';
import { StdioWire } from '../tools/stdio-wire.ts';
import { handshake, type Answer } from '../tools/wire.ts';
import { install, type Helm } from './chart.ts';
import { FAILING, Stage } from './stage.ts';
import { TASKS, type Known, type Task } from './tasks.ts';

/**
 * What a task cost an agent: its calls, and the bytes that its model writes and reads. A client gives the model the
 * texts of an answer or its structured content, so the larger of them counts.
 */
export interface Cost {
  readonly calls: number;
  readonly bytes: number;
}

/** `why`: the answers did not contain what the task asks for, or a call failed. */
export type Outcome = Cost | { readonly why: string };

export interface Results {
  /** By task id. A server without a tool for the task is absent. */
  readonly outcomes: Readonly<Record<string, Readonly<Partial<Record<Name, Outcome>>>>>;
  /** Bytes of tools/list, which an agent reads once. */
  readonly lists: Readonly<Partial<Record<Name, number>>>;
}

/** Lets every contender do every task, one after another, each in a namespace of its own. */
export async function run(
  sandbox: Sandbox,
  helm: Helm,
  contenders: readonly Contender[],
  closers: Closers,
  say: (line: string) => void,
): Promise<Results> {
  const stage = new Stage(sandbox);
  const outcomes: Record<string, Partial<Record<Name, Outcome>>> = {};
  const lists: Partial<Record<Name, number>> = {};
  for (const { name, stdio } of contenders) {
    const namespace = `bench-tasks-${name}`;
    closers.add(namespace, async () => void (await stage.remove(namespace)));
    await stage.make(namespace);
    await install(helm, namespace);
    const wire = new StdioWire(stdio);
    closers.add(name, () => wire.close());
    await handshake(wire);
    lists[name] = (await wire.request('tools/list', {})).bytes;
    const failingPod = await stage.podOf(namespace, FAILING[0]);
    for (const task of TASKS) {
      const outcome = await attempt(wire, task, name, { namespace, failingPod, charts: helm.charts, answers: [] });
      if (outcome) (outcomes[task.id] ??= {})[name] = outcome;
    }
    say(`${name}: done`);
  }
  return { outcomes, lists };
}

async function attempt(wire: StdioWire, task: Task, name: Name, known: Known): Promise<Outcome | undefined> {
  const steps = task.steps[name];
  if (!steps) return undefined;
  const answers: string[] = [];
  let bytes = 0;
  try {
    for (const step of steps) {
      const asked = step({ ...known, answers });
      const answer = await wire.request('tools/call', asked);
      bytes += JSON.stringify(asked).length + readBytes(answer);
      if (answer.result['isError'] === true) return { why: `${asked.name}: ${textOf(answer).slice(0, 300)}` };
      answers.push(textOf(answer));
    }
  } catch (error) {
    return { why: error instanceof Error ? error.message : String(error) };
  }
  const proof = task.changes && name === 'sluice' ? ['changed, proved'] : [];
  const missing = [...task.knows(known), ...proof].filter((text) => !answers.some((answer) => answer.includes(text)));
  return missing.length > 0
    ? { why: `the answers do not contain ${missing.join(', ')}` }
    : { calls: steps.length, bytes };
}

function readBytes({ result }: Answer): number {
  const texts = (result['content'] as readonly { text?: string }[] | undefined)?.map(({ text }) => text ?? '') ?? [];
  const structured = result['structuredContent'];
  return Math.max(texts.join('').length, structured === undefined ? 0 : JSON.stringify(structured).length);
}

const textOf = ({ result }: Answer): string => JSON.stringify(result).replaceAll('\\"', '"');
