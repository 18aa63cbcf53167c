import { availableParallelism, totalmem } from 'node:os';
import { ratio, summary, type Pairs } from './figures.ts';

export interface Results {
  readonly abort: Pairs;
  readonly abortWritten: Pairs;
  readonly promote: Pairs;
  readonly abortCall: Pairs;
  readonly promoteCall: Pairs;
  /** Duration of the plugin's process alone. */
  readonly pluginStart: readonly number[];
  /** The machine's load average for each pair, which shows other load. */
  readonly busy: readonly number[];
  readonly rps: number;
  readonly versions: Readonly<Record<string, string>>;
}

const AIMS = { abort: 1, promote: 1.3 } as const;

interface Row {
  readonly title: string;
  readonly pairs: Pairs;
  readonly aim?: number;
}

const rows = ({ abort, abortWritten, promote, abortCall, promoteCall }: Results): Row[] => [
  { title: 'abort call to the last answer of the canary', pairs: abort, aim: AIMS.abort },
  { title: 'abort call to weight 0 written', pairs: abortWritten },
  { title: 'promote call to the weight written', pairs: promote, aim: AIMS.promote },
  { title: 'abort call to its own return', pairs: abortCall },
  { title: 'promote call to its own return', pairs: promoteCall },
];

/** The table in Markdown, which is readable in a terminal too. */
export function table(results: Results): string {
  const head = [
    'measure (ms)',
    'Sluice through MCP: median (min–max)',
    'kubectl argo rollouts: median (min–max)',
    'ratio',
    'aim',
  ];
  const body = rows(results).map(({ title, pairs, aim }) => [
    title,
    span(pairs.sluice),
    span(pairs.plugin),
    ratio(pairs).toFixed(2),
    verdict(ratio(pairs), aim),
  ]);
  const lines = [
    head,
    head.map(() => '---'),
    ...body,
    ["the plugin's process alone", '', span(results.pluginStart), '', ''],
  ];
  return aligned(lines)
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

function verdict(measured: number, aim: number | undefined): string {
  return aim === undefined ? '' : `≤ ${aim.toFixed(1)}: ${measured <= aim ? 'met' : 'NOT met'}`;
}

function span(values: readonly number[]): string {
  const { median, least, most } = summary(values);
  return `${median} (${least}–${most})`;
}

function aligned(lines: readonly (readonly string[])[]): string[][] {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
  return lines.map((cells) =>
    cells.map((cell, column) => (cell === '---' ? '-'.repeat(widths[column] ?? 3) : cell.padEnd(widths[column] ?? 0))),
  );
}

export function document(results: Results): string {
  const { abort, abortWritten, promote, rps, versions, pluginStart, busy } = results;
  const rounded = (pairs: Pairs) => ({
    sluice: pairs.sluice.map(Math.round),
    plugin: pairs.plugin.map(Math.round),
    ratio: ratio(pairs),
  });
  const data = {
    pairs: abort.sluice.length,
    cores: availableParallelism(),
    versions,
    abort: rounded(abort),
    abort_written: rounded(abortWritten),
    promote: rounded(promote),
    plugin_start: pluginStart.map(Math.round),
  };
  return `${ABOUT}
## Figures

${abort.sluice.length} pairs, one run, on ${availableParallelism()} cores and ${Math.round(totalmem() / 2 ** 30)} GiB, ${Object.entries(
    versions,
  )
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')},
at ${rps} requests a second; the machine's load average was ${Math.min(...busy).toFixed(1)} to ${Math.max(...busy).toFixed(1)}.

${table(results)}

Every measured value, in milliseconds:

\`\`\`json
${JSON.stringify(data)}
\`\`\`
`;
}

const ABOUT = `# How fast a release obeys

Written by \`npm run bench -- --write\`; change bench/, not this page.

Two commands of a canary, each given through Sluice's MCP server and through \`kubectl argo rollouts\`, on the same Rollout of one
sandbox (real API server, Argo Rollouts controller, two Traefik replicas, Temporal), in one run and under load:

* **abort**: from the call until the last answer that the canary gave to any client. The load generator notes when each
  version answered last; at the abort the canary has half of the traffic.
* **promote**: from the call until the next weight is written in the TraefikService, seen by a watch.

Both start from the same state: the Rollout has been paused at the same step for 3 to 4.5 s (by chance, so that no timer keeps
step with the calls). The two take turns, and who begins a pair alternates. Traefik applies changes at its own pace
(\`providersThrottleDuration\`, left at its default): most of the abort's time is that, for both.

What is compared is what each user has. The MCP client is connected already, as an agent's is; Sluice's server and worker are
running processes. The plugin is a new process for each command, as it is at a prompt; what it takes to start and do nothing is
measured alone, to be subtracted by whoever wants to. Sluice does more on the way: it records the command durably and judges
whether it may act, and it returns only when it has seen the effect, or after three seconds.
`;
