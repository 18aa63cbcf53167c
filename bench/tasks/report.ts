import { availableParallelism } from 'node:os';
import type { Name } from '../tools/contenders.ts';
import { PEERS } from '../tools/peers.ts';
import type { Cost, Outcome, Results } from './run.ts';
import { TASKS } from './tasks.ts';

const PEER_NAMES = Object.keys(PEERS) as (keyof typeof PEERS)[];
const NAMES: readonly Name[] = ['sluice', ...PEER_NAMES];
const BYTES_AIM = 0.5;
const CALLS_AIM = 1;

/** What the tasks cost with Sluice and with a peer, over those that both have done. */
interface Comparison {
  readonly peer: Name;
  readonly tasks: number;
  readonly bytes: number;
  readonly calls: number;
}

const isCost = (outcome: Outcome | undefined): outcome is Cost => outcome !== undefined && 'bytes' in outcome;

/** Compares with each peer. A peer that has done none of the tasks is left out. */
export function comparisons({ outcomes }: Results): Comparison[] {
  return PEER_NAMES.flatMap((peer) => {
    const pairs = Object.values(outcomes).flatMap(({ sluice, [peer]: other }) =>
      isCost(sluice) && isCost(other) ? [{ sluice, other }] : [],
    );
    if (pairs.length === 0) return [];
    const ratio = (key: keyof Cost) =>
      pairs.reduce((sum, { sluice }) => sum + sluice[key], 0) / pairs.reduce((sum, { other }) => sum + other[key], 0);
    return [{ peer, tasks: pairs.length, bytes: ratio('bytes'), calls: ratio('calls') }];
  });
}

/** `bytes x<ratio>, calls x<ratio> of <peer>`, against the peer that needs the fewest bytes. */
export function lastLine(results: Results): string {
  const best = comparisons(results).toSorted((one, other) => other.bytes - one.bytes)[0];
  return best
    ? `bytes x${best.bytes.toFixed(2)}, calls x${best.calls.toFixed(2)} of ${best.peer}`
    : 'no peer has done any of the tasks';
}

/** Why tasks were not done, by server. */
export function failures({ outcomes }: Results): string[] {
  return Object.entries(outcomes).flatMap(([id, by]) =>
    Object.entries(by).flatMap(([name, outcome]) => ('why' in outcome ? [`${name}, ${id}: ${outcome.why}`] : [])),
  );
}

export function tables(results: Results): string {
  const rows = TASKS.map(({ id, title }) => [title, ...NAMES.map((name) => cell(results.outcomes[id]?.[name]))]);
  const sums = comparisons(results).map(({ peer, tasks, bytes, calls }) => [
    peer,
    String(tasks),
    `${bytes.toFixed(2)} (${bytes <= BYTES_AIM ? 'met' : 'NOT met'})`,
    `${calls.toFixed(2)} (${calls <= CALLS_AIM ? 'met' : 'NOT met'})`,
  ]);
  return [
    table(['task: calls, bytes', ...NAMES], rows),
    table(['Sluice beside', 'tasks that both do', `bytes, aim ≤ ${BYTES_AIM}`, `calls, aim ≤ ${CALLS_AIM}`], sums),
    table(['', ...NAMES], [['bytes of tools/list', ...NAMES.map((name) => String(results.lists[name] ?? '–'))]]),
  ].join('\n\n');
}

function cell(outcome: Outcome | undefined): string {
  if (outcome === undefined) return 'no tool';
  return 'why' in outcome ? 'not done' : `${outcome.calls}, ${outcome.bytes}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

export function document(results: Results): string {
  const peers = PEER_NAMES.map((name) => `${name} ${PEERS[name]}`).join(', ');
  const failed = failures(results);
  return `# What usual tasks cost an agent

Written by \`npm run bench:tasks -- --write\`; change bench/tasks/, not this page.

The tasks that agents do most, with Sluice and with two other MCP servers from npm (${peers}), on one sandbox with a
real API server. Each server works in a namespace of its own with the same thirteen Deployments (the pods of two fail, and
one gets no pods) and one release of Helm.

* A task is the calls that an agent needs, written down for each server in bench/tasks/tasks.ts. Where a server does not
  say by itself that a change has arrived, the task has the call that does.
* **bytes**: what the model of the agent writes and reads: the calls with their arguments, and the answers. A client gives
  its model the texts of an answer or its structured content; the larger of them counts. Sluice's changes include the
  plan with its differences.
* Each server has the tools of Kubernetes and Helm. The list of these tools is read once, and is shown apart: an agent that
  begins with Sluice's default list of 16 KB and adds a toolset with \`tools_load\` reads less of it.
* An answer that does not contain what the task asks for counts as not done, and leaves the comparison with that peer.

${tables(results)}
${failed.length > 0 ? `\nNot done:\n\n${failed.map((line) => `* ${line}`).join('\n')}\n` : ''}
One run with Node ${process.versions.node} on ${availableParallelism()} cores. The figures do not depend on the speed of the machine.
`;
}
