import { availableParallelism, totalmem } from 'node:os';
import type { Name } from './contenders.ts';
import type { ProgramRow } from './beside-program.ts';
import type { PodsMemory } from './many-pods.ts';
import { percentile, ratioToBetter, short, spread, type Sample } from './figures.ts';
import type { Pace } from './measure.ts';
import { PEERS } from './peers.ts';
import { VIAS, type Further, type Results, type Row } from './run.ts';

const NAMES: readonly Name[] = ['sluice', 'kubernetes-mcp-server', 'mcp-server-kubernetes'];
const PACES: readonly Pace[] = ['in a row', 'now and then'];
const READY_MS = 800;
/**
 * Maximum ratio between the durations of a status at the smallest and the largest number of Rollouts that counts as
 * flat.
 */
const FLAT = 1.25;

const AIMS: Readonly<Partial<Record<Row['question'], number>>> = { list: 0.1, status: 0.1, 'tools/list': 1 };
const WORDS: Readonly<Record<Row['question'], string>> = {
  list: 'list',
  'list-fresh': 'list without the cache',
  status: 'status of one',
  'tools/list': 'tools/list',
};

/** Every table in Markdown, which is readable in a terminal too. */
export function tables(results: Results, further?: Further): string {
  return [
    ...VIAS.flatMap((via) =>
      PACES.map((pace) => ({ via, pace, rows: results.rows.filter((row) => row.via === via && row.pace === pace) })),
    )
      .filter(({ rows }) => rows.length > 0)
      .map(({ via, pace, rows }) => `### ${via}, ${pace}: p50 / p99 in ms\n\n${timesTable(rows)}`),
    `### One status, from few Rollouts to many\n\n${flatTable(results)}`,
    `### Bytes of an answer\n\n${bytesTable(results)}`,
    `### Start over stdio: median (most) in ms\n\n${startTable(results)}`,
    `### Memory of a server over stdio, with its children, in MiB\n\n${memoryTable(results)}`,
    ...(further ? furtherTables(further) : []),
  ].join('\n\n');
}

function furtherTables({ programs, pods }: Further): readonly string[] {
  return [
    `### Reads of Helm and Flux over stdio: median in ms\n\n${programTable(programs)}`,
    `### Memory of Sluice while it lists many pods, page by page\n\n${podsTable(pods)}`,
  ];
}

function timesTable(rows: readonly Row[]): string {
  const lines = rows.map(({ question, size, samples, via }) => {
    const p50 = (name: Name) => spread(times(samples[name])).p50;
    const others = NAMES.slice(1).filter((name) => samples[name]);
    const ratio = ratioToBetter(p50('sluice'), others.map(p50));
    const aim = via.endsWith('raw') ? AIMS[question] : undefined;
    return [
      WORDS[question],
      String(size),
      ...NAMES.map((name) => cell(samples[name])),
      short(ratio),
      verdict(ratio, aim),
    ];
  });
  return table(['question', 'Rollouts', ...NAMES, 'ratio to the better peer', 'aim'], lines);
}

function flatTable({ rows }: Results): string {
  const lines = VIAS.filter((via) => via.endsWith('raw')).map((via) => {
    const found = rows.filter((row) => row.via === via && row.pace === 'in a row' && row.question === 'status');
    const p50 = found.map(({ samples }) => spread(times(samples.sluice)).p50);
    const ratio = (p50.at(-1) ?? NaN) / (p50[0] ?? NaN);
    return [
      via,
      found.map(({ size }, index) => `${size}: ${short(p50[index] ?? NaN)} ms`).join(', '),
      short(ratio),
      verdict(ratio, FLAT),
    ];
  });
  return table(['', 'sluice, p50', 'most to least Rollouts', 'aim'], lines);
}

function bytesTable({ rows }: Results): string {
  const lines = rows
    .filter(({ via, pace }) => via === 'stdio, raw' && pace === 'in a row')
    .map(({ question, size, samples }) => [
      WORDS[question],
      String(size),
      ...NAMES.map((name) => bytes(samples[name])),
    ]);
  return table(['question', 'Rollouts', ...NAMES], lines);
}

function startTable({ starts }: Results): string {
  const of = (name: Name, key: 'readyMs' | 'firstListMs') => (starts[name] ?? []).map((one) => one[key]);
  const span = (values: readonly number[]) =>
    values.length === 0 ? '–' : `${short(percentile(values, 0.5))} (${short(Math.max(...values))})`;
  const row = (title: string, key: 'readyMs' | 'firstListMs', aim: string) => [
    title,
    ...NAMES.map((name) => span(of(name, key))),
    aim,
  ];
  const ready = percentile(of('sluice', 'readyMs'), 0.5);
  return table(
    ['', ...NAMES, 'aim'],
    [
      row('until initialize is answered', 'readyMs', `≤ ${READY_MS}: ${ready <= READY_MS ? 'met' : 'NOT met'}`),
      row('until a list of Rollouts is answered', 'firstListMs', ''),
    ],
  );
}

function memoryTable({ memory }: Results): string {
  const sizes = memory['sluice'] ?? [];
  const at = (name: Name, index: number) => {
    const seen = memory[name]?.[index];
    return seen ? `${Math.round(seen.restMib)} (${Math.round(seen.mostMib)})` : '–';
  };
  return table(
    ['Rollouts', ...NAMES.map((name) => `${name}: at rest (during a list)`)],
    sizes.map(({ size }, index) => [String(size), ...NAMES.map((name) => at(name, index))]),
  );
}

const PROGRAM_AIM = 0.5;
const PODS_AIM_MIB = 100;

function programTable(rows: readonly ProgramRow[]): string {
  return table(
    ['question', 'sluice', 'the program', 'ratio', 'aim'],
    rows.map(({ question, sluiceMs, programMs }) => {
      const ratio = sluiceMs / programMs;
      return [question, short(sluiceMs), short(programMs), short(ratio), verdict(ratio, PROGRAM_AIM)];
    }),
  );
}

function podsTable({ pods, restMib, mostMib }: PodsMemory): string {
  const more = mostMib - restMib;
  return table(
    ['pods', 'before, MiB', 'at most, MiB', 'more', 'aim'],
    [[String(pods), short(restMib), short(mostMib), short(more), verdict(more, PODS_AIM_MIB)]],
  );
}

const times = (samples: readonly Sample[] | undefined): number[] => (samples ?? []).map(({ ms }) => ms);

function cell(samples: readonly Sample[] | undefined): string {
  if (!samples) return '–';
  const { p50, p99 } = spread(times(samples));
  return `${short(p50)} / ${short(p99)}`;
}

function bytes(samples: readonly Sample[] | undefined): string {
  return samples
    ? String(
        percentile(
          samples.map((sample) => sample.bytes),
          0.5,
        ),
      )
    : '–';
}

function verdict(measured: number, aim: number | undefined): string {
  if (aim === undefined || Number.isNaN(measured)) return '';
  return `≤ ${aim}: ${measured <= aim ? 'met' : 'NOT met'}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(3, ...all.map((cells) => (cells[column] ?? '').length)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

export function document(results: Results, calls: number, further?: Further): string {
  const cores = availableParallelism();
  const most = Math.max(...results.busy);
  const peers = Object.entries(PEERS)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ');
  const busy =
    most > cores / 2
      ? ' The machine was **busy with other work**: these figures are a first impression, not a result.'
      : '';
  return `${ABOUT}
## Figures

One run on ${cores} cores and ${Math.round(totalmem() / 2 ** 30)} GiB with Node ${process.versions.node}, against ${peers}; ${calls} calls of each kind
in a row, a quarter as many now and then. Load average when the measuring of each number of Rollouts began: ${results.busy.map((load) => load.toFixed(1)).join(', ')}.${busy}

${tables(results, further)}
`;
}

const ABOUT = `# How fast the tools answer

Written by \`npm run bench:tools -- --write\`; change bench/tools/, not this page.

Sluice's MCP server beside two others from npm, on one sandbox (a real API server and Argo Rollouts controller) with more and more
Rollouts, all with the same questions: the list of the Rollouts of a namespace, one Rollout, and the list of tools. All servers run
at the same time, and one request at a time is under way. An answer without the wanted names, or with an error, ends the run.

* **in a row**: each server gets its calls one right after the other. **now and then**: all are asked in turn, and 0.3 s
  pass between the turns; who begins a turn changes. The two differ for \`kubernetes-mcp-server\`, whose Kubernetes client lets 5 requests a second through.

* **raw**: JSON-RPC written to the pipe or the kept HTTP connection by the bench itself; the time ends with the last
  byte of the answer. **client**: through the usual client library, the same for all.
* **list**: every Rollout of the namespace in one answer. Sluice answers from a watch and says so, with the resource
  version and the age (\`source\`, \`resource_version\`, \`age_ms\`); after a write of its own it does so only once the watch has seen that write.
  "Without the cache" is the same list with \`fresh: true\`, read from the API server each time. The others read each time.
* **status**: one Rollout, another one with each call. Sluice reads it live, with what belongs to it (its Services,
  analysis runs and TraefikService, as far as it has them), and judges it; the others give the object as stored.
* \`kubernetes-mcp-server\` is started as the program that its npm package wraps, which is quicker than the wrapper.
  \`mcp-server-kubernetes\` runs the \`kubectl\` on PATH for each call; it is given a larger SPAWN_MAX_BUFFER, as without it it fails to list a
  thousand Rollouts.
* **Reads of Helm and Flux**: Sluice's tools read the cluster themselves; each call is followed by the same question to the program, which is a new
  process each time. **Many pods**: all pages of \`k8s_list\`, 500 pods a page.
* Sluice is as it comes: its list has the tools of releases that read, and \`tools_search\`.
`;
